"""`readout verify`: checks the ledgers, their checkpoints and the tables under them, in words."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from accounts.database import Database
from accounts.ledger.verify import Report, Verdict, verify
from readout.clock import now
from readout.hand import Hand
from readout.named import find_project
from readout.settings import Settings
from readout.signer_keys import PUBLIC_KEYS, load_public_keys
from research.projects import projects
from research.replay import TABLES

COLOURS = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.NOT_COVERED: "yellow"}
WORDS = {
    Verdict.PASS: "Nothing was changed, added, removed or reordered behind the ledger's back.",
    Verdict.FAIL: "The record is not what the ledger says. The lines marked FAIL name where.",
    Verdict.NOT_COVERED: "Nothing is wrong, but what is marked NOT COVERED cannot be vouched for.",
}


def verify_ledgers(settings: Settings, console: Console, *, project: str | None) -> int:
    """Verify all logs or one project's, print the report, and return the exit code."""
    database = Database(settings.database_url, vault=settings.vault())
    hand = Hand(database, now)
    logs = None if project is None else [find_project(hand, project).id]
    with console.status("Verifying"), database.reading() as session:
        keys = load_public_keys(settings.data / PUBLIC_KEYS)
        report = verify(session, keys=keys, tables=TABLES, logs=logs)
        codes = {str(one.id): one.code for one in projects(hand.act(session))}
    database.dispose()
    show(report, codes, console)
    return report.exit_code


def show(report: Report, codes: Mapping[str, str], console: Console) -> None:
    """Print each check with its verdict, its entries and what was found."""
    table = Table("log", "check", "verdict", "entries", "found", show_lines=False)
    for check in report.checks:
        entries = "" if check.first is None else f"{check.first}–{check.last}"
        colour = COLOURS[check.verdict]
        verdict = f"[{colour}]{check.verdict.value}[/]"
        log = codes.get(check.log, check.log)
        table.add_row(log, check.name, verdict, entries, check.detail)
    console.print(table)
    console.print(
        f"[bold {COLOURS[report.verdict]}]{report.verdict.value}[/]  {WORDS[report.verdict]}"
    )
