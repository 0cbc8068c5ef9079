"""Response of solid tumours: RECIST 1.1 and iRECIST, best responses, their rate, their readers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from scipy.stats import binomtest

from stats.best_response import (
    BestResponse,
    best_overall_response,
    confirmed_best_overall_response,
    progression_dates,
)
from stats.errors import DegenerateError, InvalidArgumentError, LengthError
from stats.estimates import Estimate
from stats.frames import check_alpha, is_missing
from stats.irecist import (
    ImmuneAssessment,
    ImmuneResponse,
    irecist_best_response,
    irecist_responses,
)
from stats.recist import overall_response, target_response
from stats.results import Provenance, Result, data_hash
from stats.target_lesions import (
    TargetAssessment,
    TargetLesion,
    assess_targets,
    counted_diameter,
)

__all__ = [
    "BestResponse",
    "Discordance",
    "ImmuneAssessment",
    "ImmuneResponse",
    "TargetAssessment",
    "TargetLesion",
    "assess_targets",
    "best_overall_response",
    "confirmed_best_overall_response",
    "counted_diameter",
    "irecist_best_response",
    "irecist_responses",
    "overall_response",
    "progression_dates",
    "reader_discordance",
    "response_rate",
    "target_response",
]

Progressions: TypeAlias = Sequence[date | None] | Mapping[str, date | None]


@dataclass(frozen=True)
class Discordance(Result):
    """How two readers of progression differ, as site (or any reader) against central.

    Parameters
    ----------
    early_rate : float
        Of the site's progressions, the share that central review calls later or never; NaN without
        any.
    late_rate : float
        Of all disagreements, the share where the site is later or never; NaN without any.
    n : int
        Subjects.
    agree, site_later, site_earlier, site_only, central_only, neither : int
        The counts a1, a2, a3, b, c and d of the paper.
    """

    early_rate: float
    late_rate: float
    n: int
    agree: int
    site_later: int
    site_earlier: int
    site_only: int
    central_only: int
    neither: int
    method: str = "early and late discrepancy rates"
    warnings: tuple[str, ...] = ()


def response_rate(
    best: Sequence[BestResponse | str], *, of: Sequence[str] = ("CR", "PR"), alpha: float = 0.05
) -> Estimate:
    """Return the share of subjects whose best response is one of `of`.

    Parameters
    ----------
    best : sequence of BestResponse or str
        One per subject; MISSING and NE stay in the denominator.
    of : sequence of str
        The responses that count; ("CR", "PR", "SD") gives the disease control rate.
    alpha : float
        Two-sided level.

    Returns
    -------
    Estimate
        Clopper–Pearson interval, which has no standard error (NaN).

    Raises
    ------
    DegenerateError
        No subject.
    InvalidArgumentError
        A level outside (0, 1), or `of` empty or given as one text.

    References
    ----------
    Clopper & Pearson 1934, Biometrika 26:404.

    Examples
    --------
    >>> rate = response_rate(["CR", "PR", "SD", "PD", "NE"])
    >>> rate.value, round(rate.ci_low, 4), round(rate.ci_high, 4)
    (0.4, 0.0527, 0.8534)
    """
    check_alpha(alpha)
    if isinstance(of, str) or not of:
        raise InvalidArgumentError(f"of is {of!r}: give a sequence of responses")
    words = [item if isinstance(item, str) else item.response for item in best]
    if not words:
        raise DegenerateError("no subject: a rate of none does not exist")
    hits = sum(word in of for word in words)
    interval = binomtest(hits, len(words)).proportion_ci(1 - alpha, method="exact")
    return Estimate(
        value=hits / len(words),
        se=float("nan"),
        ci_low=float(interval.low),
        ci_high=float(interval.high),
        method=f"proportion with best response {' or '.join(of)}, Clopper–Pearson",
        n=len(words),
        alpha=alpha,
        provenance=Provenance("Clopper & Pearson 1934", data_hash(words)),
    )


def reader_discordance(site: Progressions, central: Progressions) -> Discordance:
    """Return the early and late discrepancy rates of two readers' progression dates.

    Parameters
    ----------
    site, central : sequence or mapping of date or None
        Progression date per subject, None (or NaT) without one: two sequences in the same order of
        subjects, or two mappings with the same subjects.

    Returns
    -------
    Discordance
        early_rate (b + a3) / (a + b) and late_rate (c + a2) / (b + c + a2 + a3), with the counts.

    Raises
    ------
    LengthError
        The two do not hold the same subjects.
    DegenerateError
        No subject.

    References
    ----------
    Amit et al. 2011, Eur J Cancer 47:1772.

    Examples
    --------
    >>> from datetime import date
    >>> march, june = date(2024, 3, 1), date(2024, 6, 1)
    >>> found = reader_discordance([march, march, june, None], [march, june, None, june])
    >>> found.early_rate, found.late_rate
    (0.6666666666666666, 0.3333333333333333)
    """
    pairs = [(_known(ours), _known(theirs)) for ours, theirs in _pairs(site, central)]
    if not pairs:
        raise DegenerateError("no subject: there is nothing to compare")
    both = [(ours, theirs) for ours, theirs in pairs if ours is not None and theirs is not None]
    agree = sum(ours == theirs for ours, theirs in both)
    later = sum(ours > theirs for ours, theirs in both)
    earlier = len(both) - agree - later
    site_only = sum(ours is not None and theirs is None for ours, theirs in pairs)
    central_only = sum(ours is None and theirs is not None for ours, theirs in pairs)
    progressed, apart = len(both) + site_only, site_only + central_only + later + earlier
    found = Discordance(
        early_rate=(site_only + earlier) / progressed if progressed else float("nan"),
        late_rate=(central_only + later) / apart if apart else float("nan"),
        n=len(pairs),
        agree=agree,
        site_later=later,
        site_earlier=earlier,
        site_only=site_only,
        central_only=central_only,
        neither=len(pairs) - len(both) - site_only - central_only,
        provenance=Provenance("Amit et al. 2011", data_hash(*zip(*pairs, strict=True))),
    )
    warnings = []
    if not progressed:
        warnings.append("The site calls no progression: the early discrepancy rate is 0/0.")
    if not apart:
        warnings.append("The readers never differ: the late discrepancy rate is 0/0.")
    return replace(found, warnings=tuple(warnings))


def _known(day: date | None) -> date | None:
    return None if is_missing(day) else day


def _pairs(site: Progressions, central: Progressions) -> list[tuple[date | None, date | None]]:
    if isinstance(site, Mapping) and isinstance(central, Mapping):
        if site.keys() != central.keys():
            raise LengthError(f"{len(site.keys() ^ central.keys())} subjects have one reader only")
        return [(site[who], central[who]) for who in site]
    if isinstance(site, Mapping) or isinstance(central, Mapping):
        raise LengthError("give two sequences or two mappings, not one of each")
    if len(site) != len(central):
        raise LengthError(f"{len(site)} dates of the site against {len(central)} of central review")
    return list(zip(site, central, strict=True))
