"""Best and confirmed best overall response of each subject, from its dated overall responses."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

import numpy as np

from stats.errors import (
    DuplicateRowsError,
    InvalidArgumentError,
    LengthError,
    MissingValueError,
    UnknownLevelError,
)
from stats.frames import Frame, column, is_missing, levels
from stats.results import Row

ORDER = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "ND")
MISSING = "MISSING"

Progressions: TypeAlias = Mapping[Hashable, date | None]


@dataclass(frozen=True)
class BestResponse(Row):
    """The best overall response of one subject and the date it was first reached."""

    subject: Hashable
    date: date | None
    response: str


@dataclass(frozen=True)
class Assessment:
    """One overall response of one subject."""

    date: date
    response: str


@dataclass(frozen=True)
class _Confirmation:
    """What confirms a response: days apart, and what may stand between."""

    days: int
    max_not_evaluable: int
    max_stable: int


@dataclass(frozen=True)
class _Rule:
    """When stable disease counts, and whether CR and PR need confirmation."""

    sd_days: int
    confirmation: _Confirmation | None = None


def best_overall_response(
    responses: Frame,
    subjects: Frame,
    *,
    subject: str,
    date: str,
    response: str,
    start: str,
    pd_date: Progressions | None = None,
    sd_days: int = 42,
) -> tuple[BestResponse, ...]:
    """Return each subject's best overall response, unconfirmed.

    Parameters
    ----------
    responses : Frame
        One row per visit with columns `subject`, `date` and `response`, in any order.
    subjects : Frame
        One row per subject with columns `subject` and `start`; a subject without a visit is kept.
    subject, date, response, start : str
        Column names; dates are dates, datetimes, or ISO 8601 text.
    pd_date : mapping of subject to date or None, optional
        Visits after a subject's date of progression do not count, the visit of that date does.
        `progression_dates` gives the first PD of each. Without it every visit counts.
    sd_days : int
        Stable disease counts from this many days after `start`; before, it is NE.

    Returns
    -------
    tuple of BestResponse
        One per subject in the order of `subjects`, read as row.subject, row.date, row.response: the
        best in the order CR, PR, SD, NON-CR/NON-PD, PD, NE, ND at its first date; 'MISSING' with
        date None for a subject without a visit.

    Raises
    ------
    InvalidArgumentError
        A response that RECIST 1.1 does not have, a text that is no date, negative days.
    DuplicateRowsError
        Two visits of a subject on one date, or a subject twice.
    UnknownLevelError
        A visit of a subject that `subjects` does not hold, or progression dates of none of them.
    MissingValueError
        A missing id, date or response.

    References
    ----------
    Eisenhauer et al. 2009, Eur J Cancer 45:228, section 4.4 and table 3.

    Examples
    --------
    >>> visits = {"id": [1, 1], "day": ["2024-02-12", "2024-03-25"], "overall": ["SD", "PR"]}
    >>> rows = best_overall_response(visits, {"id": [1, 2], "start": ["2024-01-01", "2024-01-08"]},
    ...     subject="id", date="day", response="overall", start="start")
    >>> [(row.subject, str(row.date), row.response) for row in rows]
    [(1, '2024-03-25', 'PR'), (2, 'None', 'MISSING')]
    """
    _days(sd_days=sd_days)
    histories = _histories(responses, subject=subject, day=date, response=response)
    starts = _starts(subjects, subject=subject, start=start)
    return _best(histories, starts, pd_date, _Rule(sd_days), missing=MISSING)


def confirmed_best_overall_response(
    responses: Frame,
    subjects: Frame,
    *,
    subject: str,
    date: str,
    response: str,
    start: str,
    pd_date: Progressions | None = None,
    sd_days: int = 28,
    confirm_days: int = 28,
    max_not_evaluable: int = 1,
    accept_sd: bool = False,
    missing_as_ne: bool = False,
) -> tuple[BestResponse, ...]:
    """Return each subject's best overall response with CR and PR confirmed by a later visit.

    Parameters
    ----------
    responses, subjects, subject, date, response, start, pd_date
        As in `best_overall_response`.
    sd_days : int
        CR, PR or SD counts as stable disease from this many days after `start`; before, as NE.
    confirm_days : int
        Least days between a response and the visit that confirms it.
    max_not_evaluable : int
        NE visits allowed between the two.
    accept_sd : bool
        Whether one SD may stand between a PR and its confirmation.
    missing_as_ne : bool
        Whether a subject without a visit is 'NE' instead of 'MISSING'.

    Returns
    -------
    tuple of BestResponse
        As in `best_overall_response`. CR is confirmed by CR with only CR or NE between; PR by CR or
        PR with only CR, PR, NE (and one SD, if accepted) between and no PR after a CR. An
        unconfirmed response counts as SD when late enough.

    Raises
    ------
    StatisticsError
        As in `best_overall_response`.

    References
    ----------
    Eisenhauer et al. 2009, section 4.4 and table 3.

    Examples
    --------
    >>> visits = {"id": [1, 1], "day": ["2024-02-12", "2024-03-25"], "overall": ["PR", "PR"]}
    >>> rows = confirmed_best_overall_response(visits, {"id": [1], "start": ["2024-01-01"]},
    ...     subject="id", date="day", response="overall", start="start")
    >>> rows[0].response, rows[0].date.isoformat()
    ('PR', '2024-02-12')
    """
    _days(sd_days=sd_days, confirm_days=confirm_days, max_not_evaluable=max_not_evaluable)
    histories = _histories(responses, subject=subject, day=date, response=response)
    starts = _starts(subjects, subject=subject, start=start)
    confirmation = _Confirmation(confirm_days, max_not_evaluable, max_stable=int(accept_sd))
    rule = _Rule(sd_days, confirmation)
    return _best(histories, starts, pd_date, rule, missing="NE" if missing_as_ne else MISSING)


def progression_dates(
    responses: Frame, *, subject: str, date: str, response: str
) -> dict[Hashable, date | None]:
    """Return the date of each subject's first PD, None without one; made for `pd_date`.

    Parameters
    ----------
    responses : Frame
        One row per visit, in any order.
    subject, date, response : str
        Column names.

    Returns
    -------
    dict
        Subject to date or None.

    Raises
    ------
    StatisticsError
        As in `best_overall_response`.

    Examples
    --------
    >>> visits = {"id": [1, 1], "day": ["2024-02-12", "2024-03-25"], "overall": ["PR", "PD"]}
    >>> progression_dates(visits, subject="id", date="day", response="overall")
    {1: datetime.date(2024, 3, 25)}
    """
    histories = _histories(responses, subject=subject, day=date, response=response)
    return {
        who: next((visit.date for visit in visits if visit.response == "PD"), None)
        for who, visits in histories.items()
    }


def _best(
    histories: Mapping[Hashable, Sequence[Assessment]],
    starts: Mapping[Hashable, date],
    pd_date: Progressions | None,
    rule: _Rule,
    *,
    missing: str,
) -> tuple[BestResponse, ...]:
    if unknown := [who for who in histories if who not in starts]:
        raise UnknownLevelError(
            f"{len(unknown)} subjects with visits are not among the subjects, first: {unknown[0]}"
        )
    progressed = {who: day for who, day in (pd_date or {}).items() if not is_missing(day)}
    if progressed and not any(who in starts for who in progressed):
        raise UnknownLevelError("pd_date holds none of the subjects: are its ids of another type?")
    rows = []
    for who, first in starts.items():
        last = _day(progressed[who], "pd_date") if who in progressed else date.max
        visits = [visit for visit in histories.get(who, ()) if visit.date <= last]
        found = [
            BestResponse(who, visit.date, _judged(visits, at, first, rule))
            for at, visit in enumerate(visits)
        ]
        none = BestResponse(who, None, missing)
        rows.append(min(found, key=lambda row: ORDER.index(row.response), default=none))
    return tuple(rows)


def _judged(visits: Sequence[Assessment], at: int, first: date, rule: _Rule) -> str:
    """Return what one visit counts as."""
    response = visits[at].response
    in_time = visits[at].date >= first + timedelta(rule.sd_days)
    if response in ("CR", "PR") and rule.confirmation is not None:
        if _is_confirmed(visits, at, rule.confirmation):
            return response
        return "SD" if in_time else "NE"
    return response if in_time or response not in ("SD", "NON-CR/NON-PD") else "NE"


def _is_confirmed(visits: Sequence[Assessment], at: int, rule: _Confirmation) -> bool:
    """Return whether a CR or PR is confirmed by the first visit that could do so."""
    kind = visits[at].response
    confirming = ("CR",) if kind == "CR" else ("CR", "PR")
    earliest = visits[at].date + timedelta(rule.days)
    later = visits[at + 1 :]
    stop = next(
        (i for i, v in enumerate(later) if v.date >= earliest and v.response in confirming), None
    )
    if stop is None:
        return False
    period = [visit.response for visit in later[: stop + 1]]
    allowed = {*confirming, "NE"} | ({"SD"} if kind == "PR" else set())
    fallen_back = "CR" in period and "PR" in period[period.index("CR") :]
    return (
        set(period) <= allowed
        and period.count("NE") <= rule.max_not_evaluable
        and period.count("SD") <= rule.max_stable
        and not fallen_back
    )


def _histories(
    responses: Frame, *, subject: str, day: str, response: str
) -> dict[Hashable, list[Assessment]]:
    who = levels(responses, subject)
    days = dates(responses, day)
    words = column(responses, response).tolist()
    if len({len(who.codes), len(days), len(words)}) > 1:
        raise LengthError(f"{subject}, {day} and {response} differ in length")
    histories: dict[Hashable, list[Assessment]] = {name: [] for name in who.labels}
    for code, when, word in zip(who.codes.tolist(), days, words, strict=True):
        if is_missing(word):
            raise MissingValueError(f"subject {who.labels[code]} has a visit without a response")
        if word not in ORDER:
            raise InvalidArgumentError(
                f"subject {who.labels[code]}: response {word!r} is not one of {', '.join(ORDER)}"
            )
        histories[who.labels[code]].append(Assessment(when, str(word)))
    for name, visits in histories.items():
        visits.sort(key=lambda visit: visit.date)
        if len({visit.date for visit in visits}) < len(visits):
            raise DuplicateRowsError(f"subject {name} has two responses on one date: keep one")
    return histories


def _starts(subjects: Frame, *, subject: str, start: str) -> dict[Hashable, date]:
    who = levels(subjects, subject)
    names = [who.labels[code] for code in who.codes.tolist()]
    if len(set(names)) < len(names):
        raise DuplicateRowsError(f"a subject stands twice in {subject!r}: keep one row of each")
    return dict(zip(names, dates(subjects, start), strict=True))


def dates(data: Frame, name: str) -> list[date]:
    """Return a column of dates, datetimes or ISO 8601 text as dates.

    Parameters
    ----------
    data : Frame
        The data.
    name : str
        The column.

    Returns
    -------
    list of date

    Raises
    ------
    MissingValueError
        A missing date.
    InvalidArgumentError
        Something that is no date.

    Examples
    --------
    >>> dates({"day": ["2024-02-12"]}, "day")
    [datetime.date(2024, 2, 12)]
    """
    values = column(data, name)
    if values.dtype.kind == "M":
        values = values.astype("datetime64[D]")
    return [_day(value, name) for value in values.tolist()]


def _day(value: object, name: str) -> date:
    if isinstance(value, np.datetime64):
        value = value.astype("datetime64[D]").item()
    if is_missing(value) or value == "":
        raise MissingValueError(f"{name!r} holds a missing date")
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            raise InvalidArgumentError(f"{name!r} holds {value!r}: give ISO 8601") from None
    raise InvalidArgumentError(f"{name!r} holds a {type(value).__name__}, which is no date")


def _days(**counts: int) -> None:
    for name, count in counts.items():
        if count < 0:
            raise InvalidArgumentError(f"{name} is {count}: give 0 or more")
