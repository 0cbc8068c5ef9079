"""Follow-up of subjects in distinct times: who was at risk, who had the event, who was censored."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.errors import DegenerateError, InvalidArgumentError
from stats.frames import Booleans, Floats, Integers, levels, same_length, truth_vector, vector


@dataclass(frozen=True)
class Follow:
    """Follow-up of one group in distinct times: deaths, censored and at risk at each."""

    group: Hashable
    time: Floats
    at_risk: Floats
    events: Floats
    censored: Floats

    @property
    def survival(self) -> Floats:
        """Survival just after each time."""
        return np.asarray(np.cumprod(1 - self.events / self.at_risk))

    @property
    def greenwood(self) -> Floats:
        """Greenwood's sum at each time; infinite when everybody has died."""
        with np.errstate(divide="ignore"):
            step = self.events / (self.at_risk * (self.at_risk - self.events))
        return np.asarray(np.cumsum(step))


def follow_ups(
    time: ArrayLike, event: ArrayLike, group: Sequence[Hashable] | ArrayLike | None
) -> tuple[Follow, ...]:
    """Return the checked follow-up of each group, sorted.

    Examples
    --------
    >>> follow_ups([2, 1, 2], [1, 0, 1], None)[0].at_risk
    array([3., 2.])
    """
    times, events, names, codes = checked_times(time, event, group)
    return tuple(
        _follow(name, times[codes == code], events[codes == code])
        for code, name in enumerate(names)
    )


def checked_times(
    time: ArrayLike, event: ArrayLike, group: Sequence[Hashable] | ArrayLike | None
) -> tuple[Floats, Booleans, tuple[Hashable, ...], Integers]:
    """Return times, events, the groups' names and each subject's group, checked.

    Examples
    --------
    >>> checked_times([1, 2], [1, 0], ["b", "a"])[2]
    ('a', 'b')
    """
    times, events = vector(time, name="time"), truth_vector(event, name="event")
    names: tuple[Hashable, ...] = (None,)
    codes = np.zeros(len(times), dtype=np.int64)
    if group is not None:
        coded = levels({"group": group}, "group")
        names, codes = coded.labels, coded.codes
    same_length(time=times, event=events, group=codes)
    if not len(times):
        raise DegenerateError("no subject: there is no curve")
    if not (np.isfinite(times) & (times >= 0)).all():
        raise InvalidArgumentError("a time is negative or infinite: follow-up starts at 0")
    return times, events, names, codes


def _follow(group: Hashable, times: Floats, events: Booleans) -> Follow:
    distinct, position = np.unique(times, return_inverse=True)
    died: Floats = np.bincount(position, weights=events, minlength=len(distinct)).astype(np.float64)
    left: Floats = np.bincount(position, minlength=len(distinct)).astype(np.float64)
    at_risk: Floats = left[::-1].cumsum()[::-1]
    return Follow(group, distinct, at_risk, died, left - died)
