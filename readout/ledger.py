"""`readout ledger`: takes a ledger along, checks such a bundle, anchors, replays, rotates keys."""

import json
import subprocess
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import cast

from rich.console import Console

from accounts.authorize import authorize
from accounts.clock_source import clock_source
from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import checkpoint_line, wait_until_covered
from accounts.ledger.verify import trusted_keys
from lake.errors import LockMissing
from lake.location import Lake
from lake.locks import manifest_bytes
from readout.build import build
from readout.clock import now
from readout.errors import ServiceFailed
from readout.hand import Hand
from readout.housekeeping import Housekeeper
from readout.named import find_project
from readout.settings import Settings
from readout.signer import ROTATE_WISH
from readout.signer_keys import PUBLIC_KEYS, load_public_keys
from research.inspection import (
    CopyFormat,
    Export,
    copied,
    locked_manifests,
    write_project_bundle,
)

VERIFIER = Path(__file__).parents[1] / "deploy" / "verify_ledger.py"
WAIT_SECONDS = 30.0


class LedgerFormat(StrEnum):
    """What a ledger is exported as."""

    bundle = "bundle"
    csv = "csv"
    json = "json"
    pdf = "pdf"


def export_ledger(
    settings: Settings, console: Console, *, project: str, format: LedgerFormat, output: Path
) -> None:
    """Enter the export, wait for its checkpoint, and write a copy or the whole bundle."""
    database = Database(settings.database_url, vault=settings.vault())
    hand = Hand(database, now)
    found = find_project(hand, project)
    with database.transaction() as session:
        act = hand.act(session)
        authorize(act, "export", "ledger", found.id)
        after = {"format": format.value, "openings": True}
        sequence = act.record(found.id, "exported", "ledger", found.id, after=after)
    with console.status("Waiting for the signer's checkpoint"):
        note = wait_until_covered(database, found.id, sequence + 1, seconds=WAIT_SECONDS)
    export = Export(
        project=found.id,
        code=found.code,
        note=note,
        clock=str(clock_source()),
        made_at=now(),
        build=build(),
    )
    with database.reading() as session:
        size = ledger_log.size(session, found.id)
        if format is LedgerFormat.bundle:
            lake = Lake(settings.lake_uri, json.loads(settings.lake_storage))
            digests = locked_manifests(session, found.id)
            write_project_bundle(
                session,
                output,
                export,
                keys=trusted_keys(session, load_public_keys(settings.data / PUBLIC_KEYS)),
                manifests=_manifests(lake, found.id, digests),
                verifier=VERIFIER if VERIFIER.exists() else None,
            )
        else:
            with output.open("xb") as out:
                out.writelines(copied(session, export, size, cast("CopyFormat", format.value)))
    database.dispose()
    console.print(f"{output}: {size} entries of {found.code}, {export.clock}")
    console.print(f"Keep this line; the verifier remembers it:\n{checkpoint_line(note)}")


def _manifests(lake: Lake, project: str, digests: tuple[str, ...]) -> list[tuple[str, bytes]]:
    found = []
    for digest in digests:
        try:
            found.append((digest, manifest_bytes(lake, project, digest)))
        except LockMissing:
            continue  # the verifier says of it that it is not covered
    return found


def verify_bundle(arguments: list[str]) -> int:
    """Run the standalone verifier as it is shipped, and return its exit code."""
    return subprocess.run([sys.executable, "-I", VERIFIER, *arguments], check=False).returncode


def replay_ledgers(settings: Settings, console: Console) -> int:
    """Replay every log against its tables now, keep the result, and say what differs."""
    keeper = Housekeeper(settings, now)
    wrong = 0
    for result in keeper.replay():
        wrong += result.verdict == "FAIL"
        console.print(f"{result.log}: {result.verdict}, {result.size} entries")
        for line in result.found:
            console.print(f"  {line}")
    keeper.close()
    return 1 if wrong else 0


def anchor_ledgers(settings: Settings, console: Console) -> None:
    """Have the newest checkpoints stamped and witnessed now."""
    keeper = Housekeeper(settings, now)
    stamped, witnessed = keeper.stamp(), keeper.witness()
    keeper.close()
    console.print(f"{stamped} checkpoints time-stamped, {witnessed} witnessed")


def rotate_key(settings: Settings, console: Console) -> None:
    """Ask the running signer for a new key and wait until it signs with it."""
    assert settings.signer_folder is not None
    wish = settings.signer_folder / ROTATE_WISH
    wish.touch()
    deadline = time.monotonic() + WAIT_SECONDS
    with console.status("Waiting for the signer"):
        while wish.exists():
            if time.monotonic() > deadline:
                wish.unlink(missing_ok=True)
                raise ServiceFailed("the signer did not answer: start `readout up`, then ask again")
            time.sleep(0.1)
    count = len(load_public_keys(settings.data / PUBLIC_KEYS))
    console.print(f"The signer has a new key; {count} public keys are in {settings.data / 'keys'}")
