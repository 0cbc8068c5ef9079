"""What a reader says to a warning: one row per check and row of the form; signed with the read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Identifying
from accounts.database import Base
from accounts.digests import digest_of_rows
from accounts.vault import Recordable
from research.ecrf.definition import FormDefinition
from research.ecrf.logic import logic_of
from research.errors import Invalid, Problem
from research.read_records import ReadRow

MAX_TEXT = 2000

Reasons = Mapping[tuple[str, str], str]


class CheckReasonRow(Base):
    """One reason as stored."""

    __tablename__ = "check_reasons"

    read_id: Mapped[str] = mapped_column(ForeignKey("reads.id"), primary_key=True)
    check_oid: Mapped[str] = mapped_column(String(64), primary_key=True)
    repeat_key: Mapped[str] = mapped_column(String(36), primary_key=True)
    text: Mapped[str]


@dataclass(frozen=True)
class CheckReason:
    """The words to one warning; empty words take them back."""

    check: str
    repeat: str = ""
    text: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Which warning it answers: the check and the row it speaks in."""
        return (self.check, self.repeat)


def reasons_of(session: Session, read_id: str) -> dict[tuple[str, str], str]:
    """Return the reasons of a read by check and row."""
    query = select(CheckReasonRow).where(CheckReasonRow.read_id == read_id)
    return {(row.check_oid, row.repeat_key): row.text for row in session.scalars(query)}


def reasons_digest(salt: str, reasons: Reasons) -> str | None:
    """Return the digest of a read's reasons, salted like its answers; None when there is none."""
    rows = ((*key, text) for key, text in sorted(reasons.items()))
    return digest_of_rows(((salt,), *rows)) if reasons else None


def with_reasons(
    form: FormDefinition, reasons: Reasons, given: Sequence[CheckReason]
) -> dict[tuple[str, str], str]:
    """Return the reasons after some were given or taken back, or raise `Invalid`."""
    warnings = {one.oid for one in logic_of(form).checks if one.rule.severity == "warn"}
    result, problems = dict(reasons), []
    for one in given:
        words = one.text.strip()
        if one.check not in warnings:
            problems.append(Problem(one.check, "is no warning of this form: nothing to answer"))
        elif len(words) > MAX_TEXT:
            problems.append(
                Problem(one.check, f"has {len(words)} characters, at most {MAX_TEXT} fit")
            )
        elif words:
            result[one.key] = words
        else:
            result.pop(one.key, None)
    if problems:
        raise Invalid("some reasons are not acceptable: nothing was saved", tuple(problems))
    return result


def keep_reasons(session: Session, read: ReadRow, reasons: Reasons) -> None:
    """Write a read's reasons, all of them, and let the read name their digest."""
    assert read.status == "draft", f"read {read.id} is {read.status}: its reasons are closed"
    session.execute(delete(CheckReasonRow).where(CheckReasonRow.read_id == read.id))
    session.add_all(
        CheckReasonRow(read_id=read.id, check_oid=check, repeat_key=repeat, text=text)
        for (check, repeat), text in reasons.items()
    )
    read.reasons_digest = reasons_digest(read.salt, reasons)
    session.flush()


def reason_rows(read: ReadRow) -> dict[str, dict[str, str | None]]:
    """Return how a signature's entry names the reasons it covers; nothing where there are none."""
    return {"check_reasons": {read.id: read.reasons_digest}} if read.reasons_digest else {}


def entered_reasons(before: Reasons, after: Reasons) -> tuple[dict[str, Recordable], ...]:
    """Return how the ledger states the reasons that changed, before and after: sealed words."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return tuple(
        {
            f"check:{check}/{repeat}": Identifying(text)
            if (text := reasons.get((check, repeat)))
            else None
            for check, repeat in keys
        }
        for reasons in (before, after)
    )
