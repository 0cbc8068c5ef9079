"""ROC analysis of single curves: everything by one name."""

from stats.auc_sizing import AucSize, auc_power, auc_sample_size
from stats.binormal import binormal_auc
from stats.bootstrap import bootstrap_auc_difference
from stats.clustered_auc import clustered_auc
from stats.delong import auc, delong_covariance, delong_test, delong_test_unpaired
from stats.roc_curves import OperatingPoint, RocCurve, operating_point, partial_auc, roc_curve

__all__ = [
    "AucSize",
    "OperatingPoint",
    "RocCurve",
    "auc",
    "auc_power",
    "auc_sample_size",
    "binormal_auc",
    "bootstrap_auc_difference",
    "clustered_auc",
    "delong_covariance",
    "delong_test",
    "delong_test_unpaired",
    "operating_point",
    "partial_auc",
    "roc_curve",
]
