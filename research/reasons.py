"""Why something that stands is changed: a code from a short list, and words of one's own."""

from accounts.acts import Reason
from research.errors import ReasonRequired

# Why a signed record is opened again.
AMENDMENT_REASONS: dict[str, str] = {
    "measurement": "a measurement was wrong",
    "missed_finding": "something was overlooked",
    "entry": "the entry was wrong",
    "query": "a query was answered",
    "input_changed": "an earlier record or the images changed",
    "other": "another reason, said in words",
}
MAX_TEXT = 2000


def stated_reason(code: str, text: str) -> Reason:
    """Return the reason, or raise `ReasonRequired`: both the code and words are needed."""
    words = text.strip()
    if code not in AMENDMENT_REASONS:
        known = ", ".join(AMENDMENT_REASONS)
        raise ReasonRequired(f"say why: {code!r} is not one of the reasons {known}")
    if not words:
        raise ReasonRequired("say why in words: a code alone explains nothing")
    if len(words) > MAX_TEXT:
        raise ReasonRequired(f"the reason has {len(words)} characters, at most {MAX_TEXT} fit")
    return Reason(code=code, text=words)
