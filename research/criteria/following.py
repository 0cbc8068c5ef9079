"""Whether a lesion register is followed as it has to be: identities from baseline, a word for each.

Targets and non-targets are chosen at baseline alone; later only new lesions and the parts of split
ones join, and every lesion has a status at every visit. What is carried forward is which lesions
there are, never what they measured.
"""

from collections.abc import Collection, Iterator

from research.criteria.lesions import Finding, History, Lesion, Visit
from research.errors import Problem

CHOSEN = {"target": "a target lesion", "non_target": "a non-target lesion"}


def following_problems(history: History, *, begun: Collection[str] = ()) -> tuple[Problem, ...]:
    """Return what is wrong with the lesions of the last visit, beside those before it.

    `begun` are lesions whose row stands on the form without a status yet: the form asks for it.
    """
    return tuple(_problems(history, begun))


def _problems(history: History, begun: Collection[str]) -> Iterator[Problem]:
    first, now = history.visits[0], history.visits[-1]
    for lesion in history.lesions:
        finding = now.by_lesion.get(lesion.number)
        at_baseline = lesion.number in first.by_lesion
        if lesion.role == "new" and at_baseline:
            yield Problem(lesion.number, "stands at baseline: a new lesion is one that came later")
        elif lesion.role in CHOSEN and not at_baseline and lesion.parent is None:
            yield Problem(
                lesion.number,
                f"is {CHOSEN[lesion.role]} that {first.code} does not have: it was taken away "
                "there, or it is a new lesion",
            )
        elif finding is None and lesion.number not in begun and _is_open(history, lesion):
            yield Problem(lesion.number, f"has no status at {now.code}: say what became of it")
        if finding is not None:
            yield from _finding_problems(history, now, lesion, finding)


def _finding_problems(
    history: History, now: Visit, lesion: Lesion, finding: Finding
) -> Iterator[Problem]:
    if finding.status == "not_evaluable" and not (finding.reason or finding.stated):
        yield Problem(lesion.number, "is not evaluable: say why")
    if finding.status in ("split", "merged") and now is history.visits[0]:
        yield Problem(lesion.number, f"is {finding.status} at baseline, where lesions are chosen")
    parent = lesion.parent and now.by_lesion.get(lesion.parent)
    if lesion.parent and (not parent or parent.status != "split"):
        yield Problem(lesion.number, f"is a part of {lesion.parent}, which is not said to be split")


def _is_open(history: History, lesion: Lesion) -> bool:
    """Tell whether a lesion was there before and is still counted by itself."""
    before = [
        finding
        for visit in history.visits[:-1]
        if (finding := visit.by_lesion.get(lesion.number)) is not None
    ]
    if not before or before[-1].status == "merged":
        return False
    return lesion.parent is None or before[-1].status != "absent"
