"""Resolutions of a project: proposed, signed by one or two people, carried out."""

from fastapi import APIRouter, status
from sqlalchemy.orm import Session

from accounts.people import find_person
from accounts.signatures import Signature
from api.errors import NoSuchThing
from api.proposals import proposal_of
from api.schemas.life import CertificateView, ResolutionNew, ResolutionView, Why
from api.schemas.tasks import SignatureView, SignTask
from api.work import SignedIn, Work
from lake.locks import withdraw_lock
from lake.removal import erase_subject, locks_naming, remove_objects, remove_project
from research import resolutions
from research.carrying_out import sign_and_carry_out
from research.erasure import Plan, begin_erasure, finish_erasure
from research.ids import ProjectId
from research.locks import find_lock
from research.resolutions import Resolution, propose
from research.resolutions import cancel_resolution as take_back
from research.subjects import SubjectRow

router = APIRouter(prefix="/api/projects/{project_id}/resolutions", tags=["resolutions"])


@router.get("")
def list_resolutions(project_id: str, work: SignedIn) -> list[ResolutionView]:
    """List resolutions, newest first."""
    with work.looking() as act:
        found = resolutions.resolutions(act, ProjectId(project_id))
        return [_view(act.session, each) for each in found]


@router.get("/{resolution_id}")
def get_resolution(project_id: str, resolution_id: str, work: SignedIn) -> ResolutionView:
    """Show what a resolution says, who signed it and which seat is free."""
    with work.looking() as act:
        found = resolutions.resolution(act, resolution_id)
        _belongs(found.project_id, project_id)
        return _view(act.session, found)


@router.post("", status_code=status.HTTP_201_CREATED)
def propose_resolution(project_id: str, body: ResolutionNew, work: SignedIn) -> ResolutionView:
    """Put a resolution forward; sign it with a grant for its id and digest."""
    proposal = proposal_of(work, ProjectId(project_id), body)
    with work.changing() as act:
        return _view(act.session, propose(act, ProjectId(project_id), proposal))


@router.post("/{resolution_id}/sign")
def sign_resolution(
    project_id: str, resolution_id: str, body: SignTask, work: SignedIn
) -> ResolutionView:
    """Sign one seat; with the last one it is carried out, or approved where files must go."""
    with work.changing() as act:
        _belongs(resolutions.resolution(act, resolution_id).project_id, project_id)
        signed = sign_and_carry_out(act, resolution_id, grant=body.grant)
        answer = _view(act.session, signed)
        mark = _withdrawn(act.session, signed)
    if mark is not None:
        withdraw_lock(work.platform.lake, project_id, mark[0], under=mark[1])
    return answer


@router.post("/{resolution_id}/cancel")
def cancel_resolution(
    project_id: str, resolution_id: str, body: Why, work: SignedIn
) -> ResolutionView:
    """Take a resolution back before it is carried out; its signatures stay readable."""
    with work.changing() as act:
        _belongs(resolutions.resolution(act, resolution_id).project_id, project_id)
        return _view(act.session, take_back(act, resolution_id, body.as_reason()))


@router.post("/{resolution_id}/execution")
def execute_resolution(project_id: str, resolution_id: str, work: SignedIn) -> CertificateView:
    """Carry out an approved erasure or destruction; cut off, it is called again and goes on."""
    project, platform = ProjectId(project_id), work.platform
    locks = _locks_concerned(work, project, resolution_id)
    with work.changing() as act:
        _belongs(resolutions.resolution(act, resolution_id).project_id, project_id)
        plan = begin_erasure(act, resolution_id, locks=locks)
    removed = _remove_files(work, plan)
    horizon = (
        f"backups older than {platform.settings.backup_horizon_days} days after this date hold "
        "nothing of it; the database's own log until it is recycled"
    )
    with work.changing() as act:
        certificate = finish_erasure(act, resolution_id, plan, removed=removed, horizon=horizon)
    platform.database.forget_deleted()
    return CertificateView(
        **{name: getattr(certificate, name) for name in CertificateView.model_fields}
    )


def _remove_files(work: Work, plan: Plan) -> dict[str, int]:
    """Let the lake give up what is concerned; doing it again removes what was left."""
    lake = work.platform.lake
    if plan.subject_code is None:
        done = remove_project(lake, plan.project_id)
    else:
        for lock in plan.locks:
            withdraw_lock(lake, plan.project_id, lock.manifest, under=lock.under)
        done = erase_subject(lake, plan.project_id, plan.subject_code)
        done += remove_objects(lake, plan.project_id, plan.objects)
    return {"rows": done.rows, "files": done.files, "bytes": done.bytes}


def _locks_concerned(work: Work, project: ProjectId, resolution_id: str) -> frozenset[str]:
    """Return the manifests whose files hold the subject, read before anything is closed."""
    with work.looking() as act:
        found = resolutions.resolution(act, resolution_id)
        _belongs(found.project_id, project)
        subject = act.session.get(SubjectRow, found.object_id)
    if subject is None:
        return frozenset()
    return frozenset(locks_naming(work.platform.lake, project, subject.code))


def _withdrawn(session: Session, signed: Resolution) -> tuple[str, int] | None:
    """Return (manifest, entry) of a lock that was withdrawn with this signature."""
    if signed.kind != "withdraw_lock" or signed.state != "done":
        return None
    lock = find_lock(session, signed.project_id, signed.object_id)
    assert lock.withdrawn_under is not None
    return lock.manifest_digest, lock.withdrawn_under


def _belongs(owner: str, project_id: str) -> None:
    if owner != project_id:
        raise NoSuchThing("no such resolution")


def _view(session: Session, found: Resolution) -> ResolutionView:
    return ResolutionView(
        id=found.id,
        number=found.number,
        kind=found.kind,
        object_kind=found.object_kind,
        object_id=found.object_id,
        content=dict(found.content),
        digest=found.digest,
        statement=found.statement,
        reason_code=found.reason.code,
        reason_text=found.reason.text,
        state=found.state,
        proposed_by=find_person(session, found.proposed_by).printed_name,
        proposed_at=found.proposed_at,
        signatures=tuple(signature_view(one) for one in found.signatures),
        missing=found.missing,
    )


def signature_view(signature: Signature) -> SignatureView:
    """Return a signature as it stands beside its record."""
    return SignatureView(**{name: getattr(signature, name) for name in SignatureView.model_fields})
