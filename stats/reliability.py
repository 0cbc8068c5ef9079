"""Reliability of measurements: the public names of the family, in one place."""

from stats.bland_altman import BlandAltman, bland_altman, equivalence_paired
from stats.concordance import Ccc, ccc
from stats.icc import Icc, icc, icc_all
from stats.limits_of_agreement import AnovaRow, LimitsOfAgreement, mrmc_limits_of_agreement
from stats.repeatability import WithinCv, within_cv

__all__ = [
    "AnovaRow",
    "BlandAltman",
    "Ccc",
    "Icc",
    "LimitsOfAgreement",
    "WithinCv",
    "bland_altman",
    "ccc",
    "equivalence_paired",
    "icc",
    "icc_all",
    "mrmc_limits_of_agreement",
    "within_cv",
]
