"""How long a project's data live: retention, holds, freezes, withdrawal, certificates."""

from typing import Literal

from fastapi import APIRouter, Query, Response, status

from api.certificates import certificate_pdf
from api.errors import NoSuchThing
from api.schemas.life import (
    CertificateView,
    FreezeView,
    HoldView,
    RetentionChange,
    RetentionDefaultView,
    RetentionView,
    WithdrawalNew,
    WithdrawalView,
)
from api.work import SignedIn
from lake.removal import leave_out
from research.certificates import Certificate, certificates
from research.freezing import freezes
from research.ids import ProjectId
from research.retention import DEFAULTS, Retention, RetentionPeriod, retention
from research.retention import set_retention as set_period
from research.withdrawal import withdraw_subject as withdraw

router = APIRouter(prefix="/api/projects/{project_id}", tags=["retention"])


@router.get("/retention")
def get_retention(project_id: str, work: SignedIn) -> RetentionView:
    """Show until when a project is kept, its holds, and what rules name as periods."""
    with work.looking() as act:
        return _retention(retention(act, ProjectId(project_id)))


@router.put("/retention")
def set_retention(project_id: str, body: RetentionChange, work: SignedIn) -> RetentionView:
    """Set the period, or the date of the event that it counts from."""
    period = RetentionPeriod(
        years=body.years, event=body.event, event_date=body.event_date, source=body.source
    )
    with work.changing() as act:
        return _retention(set_period(act, ProjectId(project_id), period, body.reason.as_reason()))


@router.get("/freezes")
def list_freezes(project_id: str, work: SignedIn) -> list[FreezeView]:
    """List what is frozen now."""
    with work.looking() as act:
        return [FreezeView.model_validate(each) for each in freezes(act, ProjectId(project_id))]


@router.post("/subjects/{subject_id}/withdrawal", status_code=status.HTTP_201_CREATED)
def withdraw_subject(
    project_id: str, subject_id: str, body: WithdrawalNew, work: SignedIn
) -> WithdrawalView:
    """Withdraw a subject from further data, from use, or with erasure."""
    with work.changing() as act:
        done = withdraw(
            act, ProjectId(project_id), subject_id, kind=body.kind, reason=body.reason.as_reason()
        )
    if done.is_left_out:
        leave_out(work.platform.lake, project_id, done.subject_code)
    return WithdrawalView.model_validate(done)


@router.get("/certificates")
def list_certificates(project_id: str, work: SignedIn) -> list[CertificateView]:
    """List what was destroyed, newest first."""
    with work.looking() as act:
        return [_certificate(each) for each in certificates(act, ProjectId(project_id))]


@router.get("/certificates/{certificate_id}", response_class=Response)
def get_certificate(
    project_id: str,
    certificate_id: str,
    work: SignedIn,
    format: Literal["json", "pdf"] = Query("pdf"),
) -> Response:
    """Give a certificate as JSON or as PDF."""
    with work.looking() as act:
        found = next(
            (c for c in certificates(act, ProjectId(project_id)) if c.id == certificate_id), None
        )
    if found is None:
        raise NoSuchThing("no such certificate")
    name = f"certificate-{found.digest[:12]}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if format == "json":
        content = _certificate(found).model_dump_json().encode()
        return Response(content, media_type="application/json", headers=headers)
    return Response(certificate_pdf(found), media_type="application/pdf", headers=headers)


def _retention(found: Retention) -> RetentionView:
    return RetentionView(
        years=found.years,
        event=found.event,
        event_date=found.event_date,
        source=found.source,
        until=found.until,
        holds=tuple(HoldView.model_validate(hold) for hold in found.holds),
        defaults=tuple(RetentionDefaultView.model_validate(default) for default in DEFAULTS),
    )


def _certificate(found: Certificate) -> CertificateView:
    return CertificateView(**{name: getattr(found, name) for name in CertificateView.model_fields})
