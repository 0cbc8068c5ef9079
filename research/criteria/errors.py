"""How the criteria refuse a history they cannot judge.

CriteriaError (a ValueError)
└── HistoryRefused   visits out of order, an unknown lesion, a baseline without its measurements
"""


class CriteriaError(ValueError):
    """Anything response criteria refuse."""


class HistoryRefused(CriteriaError):
    """The history is not one that the criteria can judge; the message says where and why."""
