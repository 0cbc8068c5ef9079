"""The project's ledger, readable, and its verification."""

from pathlib import Path
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from fastapi import APIRouter, Query
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.authorize import authorize
from accounts.ledger import log as ledger_log
from accounts.ledger.entries import Entry, parse
from accounts.ledger.log import LedgerEntry
from accounts.ledger.verify import verify
from accounts.machine_keys import MachineKeyRow
from accounts.people import PersonRow
from api.schemas.ledger import (
    EntryActor,
    EntryObject,
    EntryReason,
    LedgerEntryView,
    LedgerPage,
    VerificationCheck,
    VerificationReport,
)
from api.work import SignedIn
from research.replay import TABLES

router = APIRouter(prefix="/api/projects/{project_id}/ledger", tags=["ledger"])
KEY_FILES = "ledger*.pub.pem"


@router.get("")
def list_ledger_entries(
    project_id: str,
    work: SignedIn,
    action: Annotated[str | None, Query(description="only this action")] = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> LedgerPage:
    """List entries, newest first."""
    with work.looking() as act:
        authorize(act, "view", "ledger", project_id)
        session = act.session
        found = _newest(session, project_id, action=action, offset=offset, limit=limit)
        names = _names(session, {entry.actor_id for entry, _ in found})
        return LedgerPage(
            log=project_id,
            size=ledger_log.size(session, project_id),
            total=ledger_log.count(session, project_id, action=action),
            offset=offset,
            limit=limit,
            actions=_actions(session, project_id),
            entries=tuple(_view(entry, leaf, names) for entry, leaf in found),
        )


@router.get("/verification")
def verify_ledger(project_id: str, work: SignedIn) -> VerificationReport:
    """Verify the log and replay it against the tables, now."""
    with work.looking() as act:
        authorize(act, "view", "ledger", project_id)
        keys = _public_keys(work.platform.settings.ledger_keys)
        report = verify(act.session, keys=keys, tables=TABLES, logs=[project_id])
        return VerificationReport(
            log=project_id,
            size=ledger_log.size(act.session, project_id),
            root=ledger_log.root(act.session, project_id).hex(),
            result=report.verdict.value,
            verified_at=act.now,
            checks=tuple(
                VerificationCheck(
                    name=check.name,
                    result=check.verdict.value,
                    detail=check.detail,
                    first=check.first,
                    last=check.last,
                )
                for check in report.checks
            ),
        )


def _newest(
    session: Session, log: str, *, action: str | None, offset: int, limit: int
) -> list[tuple[Entry, bytes]]:
    query = (
        select(LedgerEntry.entry, LedgerEntry.leaf_hash)
        .where(LedgerEntry.log == log)
        .order_by(LedgerEntry.sequence.desc())
        .offset(offset)
        .limit(limit)
    )
    if action is not None:
        query = query.where(LedgerEntry.action == action)
    return [(parse(data), leaf) for data, leaf in session.execute(query)]


def _actions(session: Session, log: str) -> tuple[str, ...]:
    query = select(LedgerEntry.action).where(LedgerEntry.log == log).distinct()
    return tuple(sorted(session.scalars(query)))


def _names(session: Session, ids: set[str]) -> dict[str, str]:
    """Return what people call the actors: the entries hold their ids alone."""
    people = select(PersonRow.id, PersonRow.printed_name).where(PersonRow.id.in_(ids))
    machines = select(MachineKeyRow.id, MachineKeyRow.name).where(MachineKeyRow.id.in_(ids))
    return {id: name for query in (people, machines) for id, name in session.execute(query)}


def _view(entry: Entry, leaf: bytes, names: dict[str, str]) -> LedgerEntryView:
    return LedgerEntryView(
        sequence=entry.sequence,
        time=entry.time,
        actor=EntryActor(
            kind=entry.actor_kind,
            id=entry.actor_id,
            name=names.get(entry.actor_id),
            on_behalf_of=entry.on_behalf_of,
        ),
        action=entry.action,
        object=EntryObject(
            kind=entry.object_kind, id=entry.object_id, revision=entry.object_revision
        ),
        reason=EntryReason(code=entry.reason.code, text=entry.reason.text)
        if entry.reason
        else None,
        before=entry.before,
        after=entry.after,
        origin=entry.origin,
        request_id=entry.request_id,
        build=entry.build,
        leaf_hash=leaf.hex(),
    )


def _public_keys(folder: Path | None) -> list[Ed25519PublicKey]:
    """Return the keys that checkpoints may be signed with; none means they are not covered."""
    keys = []
    for file in sorted(folder.glob(KEY_FILES)) if folder else ():
        key = load_pem_public_key(file.read_bytes())
        assert isinstance(key, Ed25519PublicKey), f"{file.name} is no Ed25519 key"
        keys.append(key)
    return keys
