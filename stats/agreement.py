"""Agreement of raters: the public names of the family, in one place."""

from stats.kappa_comparison import compare_kappas
from stats.kappas import (
    FleissKappa,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    gwet_ac,
    percent_agreement,
    scott_pi,
)
from stats.kendall import kendall_w
from stats.krippendorff import krippendorff_alpha
from stats.ratings import ratings_from_table

__all__ = [
    "FleissKappa",
    "brennan_prediger",
    "cohen_kappa",
    "compare_kappas",
    "conger_kappa",
    "fleiss_kappa",
    "gwet_ac",
    "kendall_w",
    "krippendorff_alpha",
    "percent_agreement",
    "ratings_from_table",
    "scott_pi",
]
