"""Whether the lesions chosen at baseline may be targets: measurable, five at most, two an organ."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from research.criteria.lesions import Finding, History
from research.errors import Problem

NODES = "lymph nodes"


@dataclass(frozen=True)
class Limits:
    """What may be a target at baseline (Eisenhauer et al. 2009, sections 3.1 and 4.2).

    `over` says that a lesion has to exceed the least size, `across_mm` that the diameter across has
    a least size too, `node_axis` which diameter of a node is meant.
    """

    targets: int = 5
    per_organ: int = 2
    diameter_mm: Decimal = Decimal(10)
    node_mm: Decimal = Decimal(15)
    slices: int = 2
    over: bool = False
    across_mm: Decimal | None = None
    node_axis: str = "short axis"


RECIST_LIMITS = Limits()
# Cheson et al. 2014, J Clin Oncol 32:3059: up to six, of different regions where possible; the
# longest diameter over 15 mm, outside of nodes over 10 mm.
LUGANO_LIMITS = Limits(targets=6, per_organ=6, over=True, node_axis="longest diameter")
# Wen et al. 2010, J Clin Oncol 28:1963: up to five, in one organ, 10 mm in both diameters.
RANO_LIMITS = Limits(per_organ=5, across_mm=Decimal(10))


def selection_problems(
    history: History, *, slice_mm: Decimal | None = None, limits: Limits = RECIST_LIMITS
) -> tuple[Problem, ...]:
    """Return what is wrong with the choice of targets; all lymph nodes are one organ.

    `slice_mm` is the thickness of the baseline's slices: a lesion is measurable from twice it.
    """
    problems = []
    if len(history.targets) > limits.targets:
        problems.append(
            Problem(
                "targets",
                f"there are {len(history.targets)}, at most {limits.targets}: "
                "follow the others as non-target lesions",
            )
        )
    organs = Counter(NODES if one.node else one.organ.casefold() for one in history.targets)
    problems += [
        Problem(organ, f"has {n} targets, at most {limits.per_organ}: choose the largest")
        for organ, n in organs.items()
        if n > limits.per_organ
    ]
    baseline = history.visits[0].by_lesion
    thick = limits.slices * (slice_mm or Decimal(0))
    for lesion in history.targets:
        least = limits.node_mm if lesion.node else max(limits.diameter_mm, thick)
        finding = baseline.get(lesion.number)
        if finding is None:
            words = "has no finding at baseline: targets are chosen there"
            problems.append(Problem(lesion.number, words))
        elif not _is_measurable(finding, least, limits):
            axis = limits.node_axis if lesion.node else "longest diameter"
            bound = "not above" if limits.over else "below"
            words = f"is not measurable, its {axis} is {bound} {least} mm: follow it as non-target"
            problems.append(Problem(lesion.number, words))
    return tuple(problems)


def _is_measurable(finding: Finding, least: Decimal, limits: Limits) -> bool:
    if finding.mm is None or finding.mm < least or (limits.over and finding.mm == least):
        return False
    across = limits.across_mm
    return across is None or (finding.across_mm is not None and finding.across_mm >= across)
