"""The lesion register of one subject and reader: its lesions, what was found of each at each visit.

Counted values follow RECIST 1.1 (Eisenhauer et al. 2009, Eur J Cancer 45:228, section 4.3.2 and
appendix II): absent 0, too small to measure 5 mm, a split lesion the sum of its parts, a merged one
nothing beside the lesion that it is measured with.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Literal, TypeAlias

from research.criteria.errors import HistoryRefused

Role = Literal["target", "non_target", "new"]
Status = Literal["present", "absent", "too_small", "not_evaluable", "split", "merged"]
Fact: TypeAlias = str | bool | Decimal | date | None

TOO_SMALL_MM = Decimal(5)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """One lesion: its number, its role, where it is; `parent` names the lesion it split from."""

    number: str
    role: Role
    organ: str = ""
    node: bool = False
    method: str = ""
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One lesion at one visit.

    Parameters
    ----------
    lesion, status
        Which lesion, and what became of it.
    mm
        The diameter that counts: the short axis of a node, the longest diameter of the rest.
    across_mm
        The diameter perpendicular to it, where criteria use products.
    stated, reason
        The reader's own words, kept beside the counted value; why it could not be evaluated.
    progressed
        A non-target lesion has unequivocally progressed.
    worse
        It grew since the visit before, be it by less than that.
    equivocal
        A new lesion that may be none: it is followed.
    """

    lesion: str
    status: Status = "present"
    mm: Decimal | None = None
    across_mm: Decimal | None = None
    stated: str = ""
    reason: str = ""
    progressed: bool = False
    worse: bool = False
    equivocal: bool = False


@dataclass(frozen=True)
class Visit:
    """One visit: what was found of each lesion, and what else the criteria ask for."""

    code: str
    date: date
    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @cached_property
    def by_lesion(self) -> Mapping[str, Finding]:
        """The findings by the lesion's number."""
        return {finding.lesion: finding for finding in self.findings}


@dataclass(frozen=True)
class History:
    """All of one subject that one reader has seen: the baseline first, then in order of time."""

    lesions: tuple[Lesion, ...]
    visits: tuple[Visit, ...]

    def __post_init__(self) -> None:
        if not self.visits:
            raise HistoryRefused("there is no visit: the first is the baseline")
        for earlier, later in pairwise(self.visits):
            if later.date <= earlier.date:
                raise HistoryRefused(f"{later.code} is not after {earlier.code}: one visit a day")
        known = {lesion.number for lesion in self.lesions}
        if len(known) < len(self.lesions):
            raise HistoryRefused("two lesions have one number: give each its own")
        roles = {lesion.number: lesion.role for lesion in self.lesions}
        for lesion in self.lesions:
            if lesion.parent is not None and roles.get(lesion.parent) != lesion.role:
                raise HistoryRefused(
                    f"{lesion.number} split from {lesion.parent}, which is no {lesion.role} lesion"
                )
        for visit in self.visits:
            if len(visit.by_lesion) < len(visit.findings):
                raise HistoryRefused(f"{visit.code}: a lesion stands there twice")
            if not visit.by_lesion.keys() <= known:
                unknown = ", ".join(sorted(visit.by_lesion.keys() - known))
                raise HistoryRefused(f"{visit.code}: {unknown} is not in the lesion register")

    @cached_property
    def targets(self) -> tuple[Lesion, ...]:
        """The target lesions; the parts of one that split count under its number."""
        return self.of_role("target")

    @cached_property
    def non_targets(self) -> tuple[Lesion, ...]:
        """The non-target lesions."""
        return self.of_role("non_target")

    @cached_property
    def new_lesions(self) -> tuple[Lesion, ...]:
        """The lesions that were not there at baseline."""
        return self.of_role("new")

    @cached_property
    def parts(self) -> Mapping[str, tuple[Lesion, ...]]:
        """The parts of each lesion that split, by its number."""
        parents = {lesion.parent for lesion in self.lesions if lesion.parent is not None}
        return {
            parent: tuple(lesion for lesion in self.lesions if lesion.parent == parent)
            for parent in parents
        }

    def progressed(self, visit: Visit) -> tuple[str, ...]:
        """Return the non-target lesions, parts of split ones too, with unequivocal progression."""
        return tuple(
            lesion.number
            for lesion in self.lesions
            if lesion.role == "non_target"
            and (finding := visit.by_lesion.get(lesion.number)) is not None
            and finding.progressed
        )

    def of_role(self, role: Role) -> tuple[Lesion, ...]:
        """Return the lesions of a role without the parts of split ones."""
        return tuple(
            lesion for lesion in self.lesions if lesion.role == role and lesion.parent is None
        )


Size: TypeAlias = Callable[[Finding], Decimal | None]


def diameter(finding: Finding) -> Decimal | None:
    """Return the millimetres a lesion counts for by its own status; None when not evaluable."""
    if finding.status == "present":
        if finding.mm is None:
            raise HistoryRefused(f"{finding.lesion} is present: give its diameter")
        return _checked(finding, finding.mm)
    return TOO_SMALL_MM if finding.status == "too_small" else _without_size(finding)


def product(finding: Finding) -> Decimal | None:
    """Return the product of the two diameters in mm²; too small to measure counts 5 × 5."""
    if finding.status == "present":
        if finding.mm is None or finding.across_mm is None:
            raise HistoryRefused(f"{finding.lesion} is present: give both diameters")
        return _checked(finding, finding.mm) * _checked(finding, finding.across_mm)
    return TOO_SMALL_MM**2 if finding.status == "too_small" else _without_size(finding)


def counted(
    history: History, visit: Visit, lesion: Lesion, size: Size = diameter
) -> Decimal | None:
    """Return what a lesion counts for at a visit; None when it, or a part of it, is not evaluable.

    A lesion without a finding is not evaluable: nobody looked.
    """
    finding = visit.by_lesion.get(lesion.number)
    if finding is None:
        return None
    if finding.status != "split":
        return size(finding)
    total = ZERO
    parts = history.parts.get(lesion.number, ())
    for part in parts:
        one = counted(history, visit, part, size)
        if one is None:
            return None
        total += one
    if not parts:
        raise HistoryRefused(f"{visit.code}: {lesion.number} is split: number its parts")
    return total


def _without_size(finding: Finding) -> Decimal | None:
    return None if finding.status == "not_evaluable" else ZERO


def _checked(finding: Finding, size: Decimal) -> Decimal:
    if not size.is_finite() or size < 0:
        raise HistoryRefused(f"{finding.lesion}: {size} mm is no size, give 0 or more")
    return size
