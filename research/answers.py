"""Answers: one row per item of a read, as typed, or the reason why there is none."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.database import Base
from accounts.digests import digest_of_rows
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.evaluate import canonical_answer, refusal
from research.errors import Invalid


class AnswerRow(Base):
    """One answer as stored; `read_id` is one revision of one read."""

    __tablename__ = "answers"

    read_id: Mapped[str] = mapped_column(ForeignKey("reads.id"), primary_key=True)
    group_oid: Mapped[str] = mapped_column(String(64), primary_key=True)
    repeat_key: Mapped[str] = mapped_column(String(36), primary_key=True)
    item_oid: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str | None]
    missing: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None]
    typed: Mapped[str | None]
    unit: Mapped[str | None] = mapped_column(String(32))


@dataclass(frozen=True)
class AnswerChange:
    """One item's new answer; neither a value nor a reason clears it.

    `by_hand` says why a measurement was typed and not drawn, `reason` why there is no value.
    """

    group: str
    repeat: str
    item: str
    value: str | None = None
    missing: str | None = None
    by_hand: str | None = None
    reason: str | None = None

    @property
    def key(self) -> ItemKey:
        """Where the answer stands."""
        return ItemKey(self.group, self.repeat, self.item)


def answers_of(session: Session, read_id: str) -> dict[ItemKey, Answer]:
    """Return the answers of a read by where they stand."""
    query = select(
        AnswerRow.group_oid, AnswerRow.repeat_key, AnswerRow.item_oid, AnswerRow.value,
        AnswerRow.missing, AnswerRow.reason, AnswerRow.typed, AnswerRow.unit,
    ).where(AnswerRow.read_id == read_id)  # fmt: skip
    return {
        ItemKey(group, repeat, item): Answer(value, missing, reason, typed, unit)
        for group, repeat, item, value, missing, reason, typed, unit in session.execute(query)
    }


def answers_digest(salt: str, answers: Mapping[ItemKey, Answer]) -> str:
    """Return the digest of a read's answers.

    The salt goes with the read: once it is destroyed, nobody can guess a text from the digest.
    """
    keys = sorted(answers)
    return digest_of_rows(((salt,), *(_stated(key, answers[key]) for key in keys)))


def _stated(key: ItemKey, answer: Answer) -> tuple[str | None, ...]:
    """Return a row of the digest; one without a reason is as it was before there were any."""
    said = (answer.reason,) if answer.reason else ()
    return (*key, answer.value, answer.missing, *said)


def changed(
    form: FormDefinition, answers: Mapping[ItemKey, Answer], changes: Iterable[AnswerChange]
) -> dict[ItemKey, Answer]:
    """Return the answers after the changes, or raise `Invalid` with all that is wrong."""
    result = dict(answers)
    problems = []
    for change in changes:
        if change.value is None and change.missing is None:
            result.pop(change.key, None)
            continue
        answer = Answer(change.value, change.missing, (change.reason or "").strip() or None)
        problem = refusal(form, change.key, answer)
        if problem is not None:
            problems.append(problem)
        else:
            result[change.key] = canonical_answer(form, change.key, answer)
    if problems:
        raise Invalid("some answers are not acceptable: nothing was saved", tuple(problems))
    return result


def entered(
    form: FormDefinition, salt: str, answers: Mapping[ItemKey, Answer], keys: Iterable[ItemKey]
) -> dict[str, JsonValue]:
    """Return how the ledger states some answers: coded ones in clear, free text as commitment."""
    stated: dict[str, JsonValue] = {}
    for key in keys:
        answer = answers.get(key)
        if answer is None:
            stated[str(key)] = None
        elif answer.missing is not None:
            why = {"reason": _commitment(salt, key, answer.reason)} if answer.reason else {}
            stated[str(key)] = {"missing": answer.missing, **why}
        elif form.items_by_key[key.group, key.item][1].is_free_text:
            stated[str(key)] = {"commitment": _commitment(salt, key, answer.value or "")}
        else:
            stated[str(key)] = {"value": answer.value}
    return stated


def _commitment(salt: str, key: ItemKey, value: str) -> str:
    message = f"{key}={value}".encode()
    return hmac.new(bytes.fromhex(salt), message, hashlib.sha256).hexdigest()
