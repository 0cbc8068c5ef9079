"""Row versions: what was edited is refused when somebody else has edited it meanwhile."""

from accounts.errors import StaleRow


def next_version(id: str, *, current: int, expected: int) -> int:
    """Return the version after an edit, or raise `StaleRow` when another one was shown."""
    if current != expected:
        raise StaleRow(
            f"version {expected} of {id} is not the newest, {current} is: look at it again",
            current=current,
        )
    return current + 1
