"""How the statistics kernel refuses: every refusal is a `StatisticsError`, which is a `ValueError`.

StatisticsError
├── InvalidArgumentError      an option that does not exist, or a number outside its range
├── MissingColumnError        a column that the data does not have
├── MissingValueError         NaN, None or blank where a value is needed
├── LengthError               vectors that should be of one length and are not
├── OneClassError             no diseased, or no healthy case: the statistic does not exist
├── UnknownLevelError         a reader, modality, category or weight that is not in the data
├── DuplicateRowsError        two rows for what may be read only once
├── DesignError               the data is not of the design that was asked for or is needed
├── NoCommonCasesError        two arms that share no case, where a pair is needed
├── DegenerateError           too few units, or no variation: the statistic is 0/0
└── EmptyMaskError            a segmentation mask that is empty or of another shape
"""


class StatisticsError(ValueError):
    """A statistic that cannot be computed from what was given."""


class InvalidArgumentError(StatisticsError):
    """An option that does not exist, or a number outside its range."""


class MissingColumnError(StatisticsError):
    """A column that the data does not have."""


class MissingValueError(StatisticsError):
    """NaN, None or blank where a value is needed."""


class LengthError(StatisticsError):
    """Vectors that should be of one length and are not."""


class OneClassError(StatisticsError):
    """No diseased, or no healthy case."""


class UnknownLevelError(StatisticsError):
    """A reader, modality, category or weight that is not in the data."""


class DuplicateRowsError(StatisticsError):
    """Two rows for what may be read only once."""


class DesignError(StatisticsError):
    """The data is not of the design that was asked for or is needed."""


class NoCommonCasesError(StatisticsError):
    """Two arms that share no case, where a pair is needed."""


class DegenerateError(StatisticsError):
    """Too few units, or no variation: the statistic is 0/0."""


class EmptyMaskError(StatisticsError):
    """A segmentation mask that is empty or of another shape."""
