"""The results of the nightly replay: each log compared with its tables, kept and shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import JsonValue
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act
from accounts.database import Base, Json
from accounts.ledger import log as ledger_log
from accounts.ledger.log import SYSTEM_LOG
from accounts.ledger.replay import LedgeredTable
from accounts.ledger.verify import Verdict, verify

REPLAY_FAILED = "replay_failed"


class LedgerReplay(Base):
    """One replay of one log as stored."""

    __tablename__ = "ledger_replays"

    log: Mapped[str] = mapped_column(String(36), primary_key=True)
    began_at: Mapped[datetime] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime]
    size: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(16))
    found: Mapped[JsonValue] = mapped_column(Json)


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What a replay of one log found: rows that were changed, are missing or too many, by key."""

    log: str
    began_at: datetime
    ended_at: datetime
    size: int
    verdict: str
    found: tuple[str, ...]


def replay_log(
    session: Session,
    log: str,
    *,
    keys: Sequence[Ed25519PublicKey],
    tables: Sequence[LedgeredTable],
    began: datetime,
) -> Replay:
    """Verify a log and compare it with its tables."""
    report = verify(session, keys=keys, tables=tables, logs=[log])
    return Replay(
        log=log,
        began_at=began,
        ended_at=began,
        size=ledger_log.size(session, log),
        verdict=report.verdict.value,
        found=tuple(
            f"{check.name}: {check.detail}"
            for check in report.checks
            if check.verdict is Verdict.FAIL
        ),
    )


def keep_replay(act: Act, replay: Replay) -> None:
    """Keep a result; one that fails is an entry of the system log, once until it passes again."""
    before = latest_replay(act.session, replay.log)
    act.session.add(
        LedgerReplay(
            log=replay.log,
            began_at=replay.began_at,
            ended_at=act.now,
            size=replay.size,
            verdict=replay.verdict,
            found=list(replay.found),
        )
    )
    act.session.flush()
    failed = Verdict.FAIL.value
    if replay.verdict == failed and (before is None or before.verdict != failed):
        act.record(
            SYSTEM_LOG, REPLAY_FAILED, "log", replay.log, after={"findings": len(replay.found)}
        )


def latest_replay(session: Session, log: str) -> Replay | None:
    """Return the newest result of a log."""
    row = session.scalar(
        select(LedgerReplay)
        .where(LedgerReplay.log == log)
        .order_by(LedgerReplay.began_at.desc())
        .limit(1)
    )
    if row is None:
        return None
    return Replay(
        log=row.log,
        began_at=row.began_at,
        ended_at=row.ended_at,
        size=row.size,
        verdict=row.verdict,
        found=tuple(cast("list[str]", row.found)),
    )
