"""Free-response studies: figures of merit, curves, and their multi-reader multi-case analysis."""

from stats.dorfman_berbaum_metz import analyse_pseudovalues
from stats.errors import InvalidArgumentError
from stats.figure_tables import jackknife_covariance
from stats.frames import Frame, check_alpha, check_option
from stats.froc_curves import FrocCurve, froc_curve, froc_sensitivity
from stats.froc_figures import FIGURES, check_leave_one_out, froc_table
from stats.froc_marks import froc_study
from stats.froc_values import (
    afroc,
    afroc1,
    hr_auc,
    hr_sensitivity,
    hr_specificity,
    max_llf,
    max_nlf,
    wafroc,
    wafroc1,
)
from stats.inference import check_margin
from stats.lroc import LrocRow, lroc
from stats.mean_squares import Effects
from stats.mrmc_results import MrmcResult
from stats.obuchowski_rockette import analyse
from stats.results import Provenance

__all__ = [
    "FrocCurve",
    "LrocRow",
    "afroc",
    "afroc1",
    "froc_curve",
    "froc_mrmc",
    "froc_sensitivity",
    "hr_auc",
    "hr_sensitivity",
    "hr_specificity",
    "lroc",
    "max_llf",
    "max_nlf",
    "wafroc",
    "wafroc1",
]

PAPER = (
    "Chakraborty & Berbaum 2004, Med Phys 31:2313; Chakraborty & Zhai 2016, Med Phys 43:2548; "
    "Hillis 2007, Stat Med 26:596"
)


def froc_mrmc(
    marks: Frame,
    cases: Frame,
    *,
    figure_of_merit: str = "wafroc",
    method: str = "or",
    readers: str = "random",
    cases_effect: str = "random",
    alpha: float = 0.05,
    margin: float | None = None,
    clip: bool = False,
) -> MrmcResult:
    """Compare modalities in a free-response multi-reader multi-case study.

    Parameters
    ----------
    marks, cases : Frame
        As in `wafroc`; readers and modalities are those that made a mark.
    figure_of_merit : str
        'wafroc', 'afroc', 'wafroc1', 'afroc1', 'hr_auc', 'hr_sensitivity', 'hr_specificity',
        'max_llf' or 'max_nlf'.
    method : {'or', 'dbm'}
        Obuchowski–Rockette with jackknife covariance, or Dorfman–Berbaum–Metz pseudovalues.
    readers, cases_effect : {'random', 'fixed'}
        Not both fixed.
    alpha : float
        Two-sided level.
    margin : float, optional
        > 0 adds the one-sided test of a − b ≤ −margin at alpha / 2.
    clip : bool
        With fixed readers and method 'or', take Cov2 − Cov3 as 0 when it is negative.

    Returns
    -------
    MrmcResult
        The jackknife leaves out each case that the figure uses, with all its lesions and marks.

    Raises
    ------
    InvalidArgumentError
        An option that does not exist.
    DegenerateError
        One case of a class, so that the jackknife does not exist, or one random reader.
    StatisticsError
        As in `wafroc`.

    References
    ----------
    Chakraborty & Berbaum 2004, Med Phys 31:2313. Chakraborty & Zhai 2016, Med Phys 43:2548.
    Hillis 2007, Stat Med 26:596.

    Examples
    --------
    >>> from stats.froc_marks import EXAMPLE_CASES, EXAMPLE_MARKS
    >>> froc_mrmc(EXAMPLE_MARKS, EXAMPLE_CASES).method
    'OR RRRC, wAFROC, jackknife covariance, F (Hillis df)'
    """
    check_alpha(alpha)
    check_option(figure_of_merit, tuple(FIGURES), name="figure_of_merit")
    check_option(method, ("or", "dbm"), name="method")
    effects = Effects.of(readers=readers, cases=cases_effect)
    size = check_margin(margin)
    if method == "dbm" and clip:
        raise InvalidArgumentError("clip is of method 'or': DBM keeps negative components")
    study = froc_study(marks, cases)
    table = froc_table(study, FIGURES[figure_of_merit])
    check_leave_one_out(table)
    provenance = Provenance(PAPER, study.hashed)
    if method == "dbm":
        return analyse_pseudovalues(
            table,
            effects=effects,
            alpha=alpha,
            margin=size,
            named=table.label,
            warnings=(),
            provenance=provenance,
        )
    return analyse(
        table,
        jackknife_covariance(table),
        effects=effects,
        alpha=alpha,
        margin=size,
        clip=clip,
        named=f"{table.label}, jackknife covariance",
        warnings=(),
        provenance=provenance,
    )
