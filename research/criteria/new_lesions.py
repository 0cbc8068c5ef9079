"""New lesions: an unequivocal one is progression, an equivocal one is followed.

Once confirmed it dates the progression to its first sight (Eisenhauer et al. 2009, section 4.3.5).
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from research.criteria.lesions import Finding, History, Visit

Certain: TypeAlias = Callable[[Finding], bool]


def is_there(finding: Finding | None) -> bool:
    """Return whether a lesion was seen, however small."""
    return finding is not None and finding.status in ("present", "too_small", "split")


def is_certain(finding: Finding) -> bool:
    """Return whether the reader calls a new lesion unequivocal."""
    return not finding.equivocal


def new_now(
    history: History, visit: Visit, certain: Certain = is_certain
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the unequivocal and the equivocal new lesions that are there at a visit."""
    found = [
        finding
        for lesion in history.new_lesions
        if (finding := visit.by_lesion.get(lesion.number)) is not None and is_there(finding)
    ]
    return (
        tuple(finding.lesion for finding in found if certain(finding)),
        tuple(finding.lesion for finding in found if not certain(finding)),
    )


def first_sights(history: History, certain: Certain = is_certain) -> Mapping[str, str]:
    """Return, for each visit that dates a progression by a new lesion, the lesion that does."""
    seen: dict[str, str] = {}
    for lesion in history.new_lesions:
        sights = [
            (visit.code, finding)
            for visit in history.visits[1:]
            if (finding := visit.by_lesion.get(lesion.number)) is not None and is_there(finding)
        ]
        if any(certain(finding) for _, finding in sights):
            seen.setdefault(sights[0][0], lesion.number)
    return seen
