"""The checkpoint an export carries: the signed head of the ledger that covers its entry."""

from urllib.parse import quote

from accounts.ledger.checkpoints import checkpoint_line, wait_until_covered
from api.work import Work

CHECKPOINT = "X-Readout-Checkpoint"


def covering_note(work: Work, project_id: str, sequence: int) -> str:
    """Wait, as long as the settings say, for the note that covers an export's entry."""
    return wait_until_covered(
        work.platform.database,
        project_id,
        sequence + 1,
        seconds=work.platform.settings.checkpoint_wait_seconds,
    )


def checkpoint_header(note: str) -> dict[str, str]:
    """Return the header by which an export carries its checkpoint, as one quoted line.

    It is kept beside the file and given to the verifier's `--remember`.
    """
    return {CHECKPOINT: quote(checkpoint_line(note))}
