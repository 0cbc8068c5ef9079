"""From a coefficient of agreement to an estimate: standard error, t interval, p and warnings."""

import math
from collections.abc import Mapping

import numpy as np

from stats.agreement_weights import Weights, agreement_weights
from stats.chance_agreement import chance_corrected
from stats.estimates import Estimate
from stats.frames import Floats, check_alpha
from stats.inference import interval, standardised, two_sided_p
from stats.ratings import Ratings
from stats.results import Provenance, data_hash

PAPERS: Mapping[str, str] = {
    "percent_agreement": "Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed.",
    "gwet_ac": "Gwet (2008), Br J Math Stat Psychol 61:29",
    "fleiss_kappa": "Fleiss (1971), Psychological Bulletin 76:378",
    "scott_pi": "Scott (1955), Public Opinion Quarterly 19:321",
    "conger_kappa": "Conger (1980), Psychological Bulletin 88:322",
    "cohen_kappa": "Cohen (1968), Psychological Bulletin 70:213; Fleiss, Cohen & Everitt (1969)",
    "brennan_prediger": "Brennan & Prediger (1981), Educ Psychol Meas 41:687",
    "krippendorff_alpha": "Krippendorff (2011), Computing Krippendorff's alpha-reliability",
}
LABELS: Mapping[str, str] = {
    "percent_agreement": "Percent agreement",
    "gwet_ac": "Gwet AC",
    "fleiss_kappa": "Fleiss kappa",
    "scott_pi": "Scott pi",
    "conger_kappa": "Conger kappa",
    "cohen_kappa": "Cohen kappa",
    "brennan_prediger": "Brennan-Prediger",
    "krippendorff_alpha": "Krippendorff alpha",
}
NOT_USED: Mapping[str, str] = {
    "cohen_kappa": "units that not both raters rated",
    "krippendorff_alpha": "units with fewer than two ratings",
}
NO_SPREAD = 1e-12  # a standard error below this is rounding: every unit contributes the same


def estimate_agreement(
    ratings: Ratings,
    weights: Weights,
    *,
    name: str,
    alpha: float,
    scale: str | None = None,
) -> Estimate:
    """Return a coefficient with its t interval; every function of the family ends here.

    Parameters
    ----------
    ratings : Ratings
        Units × raters.
    weights : str or array_like
        Agreement weights.
    name : str
        The coefficient, a key of `PAPERS`.
    alpha : float
        Two-sided level.
    scale : str, optional
        What to call the weights in the method line.

    Returns
    -------
    Estimate

    Examples
    --------
    >>> from stats.ratings import read_ratings
    >>> ratings = read_ratings([[1, 1], [2, 2], [1, 2], [2, 2]])
    >>> estimate_agreement(ratings, "unweighted", name="brennan_prediger", alpha=0.05).value
    0.5
    """
    check_alpha(alpha)
    found = chance_corrected(ratings, agreement_weights(weights, ratings.positions), name=name)
    n, df = found.n, found.n - 1
    left_out = left_out_note(len(found.used) - n, of=NOT_USED.get(name, "units without a rating"))
    multinomial = ratings.from_table or name == "cohen_kappa"
    multinomial |= name == "scott_pi" and ratings.n_raters == 2
    se = _standard_error(found.units, multinomial=multinomial)
    low, high = interval(found.value, se, df=df, alpha=alpha)
    label = scale or weights_label(weights)
    return Estimate(
        value=found.value,
        se=se,
        ci_low=float(np.maximum(low, -1.0)),
        ci_high=float(np.minimum(high, 1.0)),
        method=f"{coefficient_label(name, label)}, {label}, "
        f"{'multinomial variance' if multinomial else 'variance of units'}, t with {df} df",
        n=n,
        alpha=alpha,
        df=float(df),
        p_value=two_sided_p(standardised(found.value, se), df),
        warnings=left_out
        + order_note(ratings, ordered=label not in ("unweighted", "nominal metric"))
        + _degenerate(found.value, se),
        provenance=Provenance(
            paper=PAPERS[name], data_hash=ratings_hash(ratings), exclusions=left_out
        ),
    )


def coefficient_label(name: str, label: str) -> str:
    """Return what to call a coefficient; Gwet's AC is AC1 without weights and AC2 with.

    Examples
    --------
    >>> coefficient_label("gwet_ac", "unweighted"), coefficient_label("gwet_ac", "linear weights")
    ('Gwet AC1', 'Gwet AC2')
    """
    if name != "gwet_ac":
        return LABELS[name]
    return "Gwet AC1" if label == "unweighted" else "Gwet AC2"


def weights_label(weights: Weights) -> str:
    """Return what to call the weights.

    Examples
    --------
    >>> weights_label("linear"), weights_label([[1.0, 0.0], [0.0, 1.0]])
    ('linear weights', 'given weights')
    """
    if not isinstance(weights, str):
        return "given weights"
    return weights if weights == "unweighted" else f"{weights} weights"


def left_out_note(count: int, *, of: str) -> tuple[str, ...]:
    """Return the sentence on what was left out, if anything was.

    Examples
    --------
    >>> left_out_note(2, of="units without a rating"), left_out_note(0, of="units")
    (('Left out: 2 units without a rating.',), ())
    """
    return (f"Left out: {count} {of}.",) if count else ()


def order_note(ratings: Ratings, *, ordered: bool) -> tuple[str, ...]:
    """Return the warning that text categories were put in an order nobody stated.

    Examples
    --------
    >>> from stats.ratings import read_ratings
    >>> order_note(read_ratings([["a", "b"]]), ordered=True)
    ("The categories are text and were ordered as a, b: name their order in 'categories'.",)
    """
    if not (ordered and ratings.order_is_assumed):
        return ()
    scale = ", ".join(map(str, ratings.categories))
    return (
        f"The categories are text and were ordered as {scale}: name their order in 'categories'.",
    )


def ratings_hash(ratings: Ratings) -> str:
    """Return the hash of the ratings, the same for all kinds of tables.

    Examples
    --------
    >>> from stats.ratings import read_ratings
    >>> ratings_hash(read_ratings([[1, 2]])) == ratings_hash(read_ratings([[1.0, 2.0]]))
    True
    """
    return data_hash([str(category) for category in ratings.categories], ratings.codes)


def _standard_error(units: Floats, *, multinomial: bool) -> float:
    n = len(units)
    if n == 1:
        return math.nan
    se = float(np.std(units, ddof=0 if multinomial else 1)) / math.sqrt(n)
    return 0.0 if se < NO_SPREAD else se


def _degenerate(value: float, se: float) -> tuple[str, ...]:
    if math.isnan(value):
        return ("Chance agreement is 1, or only one category occurs: the value is 0/0.",)
    if math.isnan(se):
        return ("One unit has no spread: there is no standard error and no interval.",)
    if se == 0:
        return ("Every unit contributes the same: the standard error is 0, the interval a point.",)
    return ()
