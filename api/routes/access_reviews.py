"""Access reviews: who has what here; printed, and signed by whoever looked."""

from html import escape

from fastapi import APIRouter, status
from fastapi.responses import HTMLResponse

from accounts import access_reviews as domain
from api.routes.members import signature_view
from api.schemas.members import AccessReviewRowView, AccessReviewView, Approval
from api.work import SignedIn

router = APIRouter(prefix="/api", tags=["members"])
STYLE = (
    "body{font:12pt system-ui,sans-serif;margin:2rem}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "caption{text-align:left;padding:.5rem 0}"
)
HEADS = ("Name", "Role", "Given in", "Sites", "Since", "Until", "Approved by", "Last used")


@router.get("/projects/{project_id}/access-reviews")
def list_access_reviews(project_id: str, work: SignedIn) -> list[AccessReviewView]:
    """List the access reviews of a project, the newest first."""
    with work.looking() as act:
        return [_view(each) for each in domain.reviews(act, project_id)]


@router.post("/projects/{project_id}/access-reviews", status_code=status.HTTP_201_CREATED)
def make_access_review(project_id: str, work: SignedIn) -> AccessReviewView:
    """Write down who reaches the project today, to be looked at and signed."""
    with work.changing() as act:
        return _view(domain.make_review(act, project_id))


@router.post("/access-reviews/{review_id}/sign")
def sign_access_review(review_id: str, body: Approval, work: SignedIn) -> AccessReviewView:
    """Sign a review with a fresh grant; it means that what it says is right so."""
    with work.changing() as act:
        return _view(domain.sign_review(act, review_id, grant=body.grant))


@router.get("/access-reviews/{review_id}")
def get_access_review(review_id: str, work: SignedIn) -> AccessReviewView:
    """Show one review."""
    with work.looking() as act:
        return _view(domain.review(act, review_id))


@router.get("/access-reviews/{review_id}/print", response_class=HTMLResponse)
def print_access_review(review_id: str, work: SignedIn) -> HTMLResponse:
    """Give one review as a page to print, with its signature beside it."""
    with work.looking() as act:
        return HTMLResponse(_page(_view(domain.review(act, review_id))))


def _view(found: domain.AccessReview) -> AccessReviewView:
    return AccessReviewView(
        id=found.id,
        scope_id=found.scope_id,
        made_at=found.made_at,
        made_by=found.made_by,
        rows=tuple(AccessReviewRowView.model_validate(row) for row in found.rows),
        record_digest=found.record_digest,
        signature=signature_view(found.signature) if found.signature else None,
    )


def _page(found: AccessReviewView) -> str:
    lines = "".join(
        "<tr>"
        + "".join(
            f"<td>{escape(text)}"
            for text in (
                row.name,
                row.role,
                row.given_in,
                str(len(row.sites) or "all"),
                f"{row.since:%Y-%m-%d}",
                f"{row.until:%Y-%m-%d}" if row.until else "–",
                row.approved_by or "–",
                f"{row.last_used:%Y-%m-%d %H:%M}" if row.last_used else "never",
            )
        )
        for row in found.rows
    )
    made = found.signature
    signed = (
        f"Signed by {escape(made.printed_name)}, {made.signed_at:%Y-%m-%d %H:%M:%S} UTC, "
        f"meaning {escape(made.meaning)}"
        if made
        else "Not signed yet"
    )
    heads = "".join(f"<th>{each}" for each in HEADS)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Access review</title>'
        f"<style>{STYLE}</style><h1>Access review</h1><p>{escape(found.scope_id)}, "
        f"{found.made_at:%Y-%m-%d %H:%M} UTC</p><table><tr>{heads}</tr>{lines}</table>"
        f"<p>{signed}</p><p>SHA-256 {found.record_digest}</p></html>"
    )
