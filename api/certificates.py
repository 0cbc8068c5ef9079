"""A certificate of destruction on paper: counts, signatures, what was reached, which backups."""

from collections.abc import Mapping, Sequence
from typing import cast

from api.paper import facts, heading, pdf, table, title, words
from research.certificates import Certificate

WHAT = {"erase_subject": "Erasure of one subject", "destroy_project": "Destruction of a project"}


def certificate_pdf(certificate: Certificate) -> bytes:
    """Return a certificate as PDF."""
    content = certificate.content
    project = cast("Mapping[str, str]", content["project"])
    counts = cast("Mapping[str, int]", content["counts"])
    lake = cast("Mapping[str, int]", content["lake"])
    signatures = cast("Sequence[Mapping[str, str]]", content["signatures"])
    reached = cast("Sequence[str]", content["reached"])
    withdrawn = cast("Sequence[int]", content["locks_withdrawn"])
    parts = [
        title("Certificate of destruction"),
        words(
            "The data counted below were destroyed and cannot be recovered from this platform. "
            "The ledger keeps that they were; what it holds of them cannot be read or guessed."
        ),
        facts(
            [
                ("What", WHAT[str(content["kind"])]),
                ("Project", f"{project['code']} ({project['id']})"),
                ("Ground", str(content["basis"]).replace("_", " ")),
                ("Carried out", f"{content['executed_at']} (UTC)"),
                ("Ledger entry", str(certificate.ledger_sequence)),
                ("Digest of this certificate", certificate.digest),
                ("Software build", str(content["build"])),
            ]
        ),
        heading("Counts"),
        table(
            ("What", "Number"),
            [(name.replace("_", " "), f"{number:,}") for name, number in counts.items()]
            + [(f"lake: {name}", f"{number:,}") for name, number in lake.items()],
            widths=(0.5, 0.5),
        ),
        heading("Reached"),
        words(", ".join(reached)),
        words(f"Backup horizon: {content['backup_horizon']}."),
        heading("Not reached"),
        *(words(line) for line in cast("list[str]", content.get("not_reached", []))),
        words(f"Locks withdrawn: {', '.join(map(str, withdrawn)) or 'none'}."),
        heading("Signed by"),
        table(
            ("Printed name", "Time (UTC)", "Meaning"),
            [(one["name"], one["at"], one["meaning"]) for one in signatures],
            widths=(0.4, 0.35, 0.25),
        ),
    ]
    foot = f"Certificate {certificate.id}, digest {certificate.digest}"
    return pdf(parts, name="Certificate of destruction", foot=foot)
