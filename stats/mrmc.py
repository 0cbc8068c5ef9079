"""Multi-reader multi-case analysis: everything by one name."""

from stats.ai_against_readers import AiVsReaders, ai_vs_readers
from stats.bootstrap import MrmcBootstrap, bootstrap_mrmc
from stats.dorfman_berbaum_metz import dbm
from stats.margins import NonInferiority, noninferiority
from stats.mrmc_results import MrmcResult
from stats.mrmc_sizing import SampleSize, sample_size
from stats.obuchowski_rockette import obuchowski_rockette
from stats.u_statistic_results import UStatResult
from stats.u_statistics import u_statistics

__all__ = [
    "AiVsReaders",
    "MrmcBootstrap",
    "MrmcResult",
    "NonInferiority",
    "SampleSize",
    "UStatResult",
    "ai_vs_readers",
    "bootstrap_mrmc",
    "dbm",
    "noninferiority",
    "obuchowski_rockette",
    "sample_size",
    "u_statistics",
]
