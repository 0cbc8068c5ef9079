"""The project's ledger, readable: entries, what proves them, and marks of who reviewed them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, status

from accounts.authorize import authorize
from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import checkpoint_line, notes_of
from accounts.ledger.copies import shown
from accounts.ledger.entries import Entry
from accounts.ledger.export import commitments_in
from accounts.ledger.proofs import prove_consistency, prove_inclusion
from accounts.ledger.replays import latest_replay
from accounts.ledger.reviews import Review, enter_review, reviews_of
from accounts.ledger.search import Search, actions_of, found
from accounts.ledger.verify import verify
from api.keys import public_keys
from api.schemas.ledger import (
    CheckpointView,
    ConsistencyProofView,
    EntryActor,
    EntryObject,
    EntryReason,
    InclusionProofView,
    LedgerEntryView,
    LedgerPage,
    NewReview,
    ReplayView,
    ReviewView,
    VerificationCheck,
    VerificationReport,
)
from api.work import SignedIn
from research.inspection import critical_items, names_of, objects_of_subject, sight_of
from research.replay import TABLES

router = APIRouter(prefix="/api/projects/{project_id}/ledger", tags=["ledger"])


@router.get("")
def list_ledger_entries(
    project_id: str,
    work: SignedIn,
    action: Annotated[list[str] | None, Query(description="only these actions")] = None,
    subject: Annotated[str | None, Query(max_length=64, description="a subject's id")] = None,
    person: Annotated[str | None, Query(max_length=64, description="who acted, by id")] = None,
    kind: Annotated[str | None, Query(max_length=64, description="kind of object")] = None,
    object: Annotated[str | None, Query(max_length=64, description="an object's id")] = None,
    since: Annotated[datetime | None, Query(description="not before this time")] = None,
    until: Annotated[datetime | None, Query(description="before this time")] = None,
    critical: Annotated[
        bool, Query(description="only what touches critical items or must be looked at")
    ] = False,
    unreviewed: Annotated[bool, Query(description="only what no review covers yet")] = False,
    offset: Annotated[int, Query(ge=0, le=2**53)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> LedgerPage:
    """List entries, newest first; values that the vault still opens are shown in words."""
    with work.looking() as act:
        authorize(act, "view", "ledger", project_id)
        session = act.session
        reviews = reviews_of(session, project_id)
        page = found(
            session,
            Search(
                log=project_id,
                actions=tuple(action or ()),
                objects=objects_of_subject(project_id, subject) if subject else None,
                person=person,
                kind=kind,
                object=object,
                since=since,
                until=until,
                critical=critical_items(session, project_id) if critical else None,
                outside=reviews if unreviewed else (),
                offset=offset,
                limit=limit,
            ),
        )
        sight = sight_of(session)
        opened = sight.open([one for _, data, _ in page.entries for one in commitments_in(data)])
        people = {entry.actor_id for entry, _, _ in page.entries} | {one.by for one in reviews}
        names = names_of(session, people)
        return LedgerPage(
            log=project_id,
            size=ledger_log.size(session, project_id),
            total=page.total,
            offset=offset,
            limit=limit,
            actions=actions_of(session, project_id),
            entries=tuple(
                _view(entry, leaf, names, opened, reviews) for entry, _, leaf in page.entries
            ),
            reviews=tuple(_review(one, names) for one in reviews),
        )


@router.get("/verification")
def verify_ledger(project_id: str, work: SignedIn) -> VerificationReport:
    """Verify the log and replay it against the tables, now."""
    with work.looking() as act:
        authorize(act, "view", "ledger", project_id)
        keys = public_keys(work.platform.settings.ledger_keys)
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


@router.get("/replay")
def get_last_replay(project_id: str, work: SignedIn) -> ReplayView | None:
    """Return what the last nightly replay of the log against the tables found; null before it."""
    with work.looking() as act:
        authorize(act, "view", "ledger", project_id)
        replay = latest_replay(act.session, project_id)
        return None if replay is None else ReplayView.model_validate(replay)


@router.get("/checkpoints")
def list_checkpoints(project_id: str, work: SignedIn) -> tuple[CheckpointView, ...]:
    """List the signed heads of the log, the smallest first: keep one elsewhere."""
    with work.looking() as act:
        authorize(act, "view", "ledger", project_id)
        return tuple(
            CheckpointView(
                size=one.size, time=one.time, note=one.note, line=checkpoint_line(one.note)
            )
            for one in notes_of(act.session, project_id)
        )


@router.get("/inclusion")
def prove_entry(
    project_id: str,
    work: SignedIn,
    sequence: Annotated[int, Query(ge=0, le=2**53)],
    size: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> InclusionProofView:
    """Prove that an entry is in the log as it is, or as it was at a size (RFC 9162, 2.1.3)."""
    with work.looking() as act:
        authorize(act, "view", "ledger", project_id)
        proof = prove_inclusion(act.session, project_id, sequence, size=size)
        return InclusionProofView(
            log=proof.log,
            sequence=proof.sequence,
            size=proof.size,
            leaf_hash=proof.leaf.hex(),
            path=tuple(step.hex() for step in proof.path),
            root=proof.root.hex(),
        )


@router.get("/consistency")
def prove_growth(
    project_id: str,
    work: SignedIn,
    old_size: Annotated[int, Query(ge=1, le=2**53)],
    size: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> ConsistencyProofView:
    """Prove that the log only grew since a size (RFC 9162, 2.1.4)."""
    with work.looking() as act:
        authorize(act, "view", "ledger", project_id)
        proof = prove_consistency(act.session, project_id, old_size, size=size)
        return ConsistencyProofView(
            log=proof.log,
            old_size=proof.old_size,
            size=proof.size,
            old_root=proof.old_root.hex(),
            path=tuple(step.hex() for step in proof.path),
            root=proof.root.hex(),
        )


@router.post("/reviews", status_code=status.HTTP_201_CREATED)
def review_entries(project_id: str, body: NewReview, work: SignedIn) -> ReviewView:
    """Mark entries as reviewed; that is an entry too."""
    with work.changing() as act:
        authorize(act, "approve", "ledger", project_id)
        review = enter_review(
            act, project_id, first=body.first, last=body.last, note=body.note, found=body.found
        )
        return _review(review, names_of(act.session, {review.by}))


def _review(one: Review, names: dict[str, str]) -> ReviewView:
    return ReviewView(
        sequence=one.sequence,
        first=one.first,
        last=one.last,
        by=one.by,
        by_name=names.get(one.by),
        at=one.at,
        found=one.found,
    )


def _view(
    entry: Entry,
    leaf: bytes,
    names: dict[str, str],
    opened: Mapping[str, str],
    reviews: tuple[Review, ...],
) -> LedgerEntryView:
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
        reason=EntryReason(
            code=entry.reason.code, text=opened.get(entry.reason.text, entry.reason.text)
        )
        if entry.reason
        else None,
        before=shown(entry.before, opened),
        after=shown(entry.after, opened),
        origin=opened.get(entry.origin, entry.origin),
        request_id=entry.request_id,
        build=entry.build,
        leaf_hash=leaf.hex(),
        is_reviewed=any(one.first <= entry.sequence <= one.last for one in reviews),
    )
