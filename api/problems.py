"""Turning a refusal into its problem document, and entering it in the ledger where it counts."""

import errno

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from accounts.errors import AccountsError, NotFound, Refusal, StaleRecord, StaleRow, Throttled
from accounts.ledger.errors import LedgerError
from accounts.refusals import enter_refusal
from api.errors import (
    BUSY,
    DISK_FULL,
    INTERNAL,
    Answer,
    ApiError,
    NoSuchThing,
    answer_for,
)
from api.logs import LOGGER
from api.work import NOBODY, Work, work_of
from ingest.errors import IngestError
from lake.errors import LakeError
from research.errors import ComputedDiffers, Invalid, ResearchError, StaleRead, StaleRevision

MEDIA_TYPE = "application/problem+json"
NOT_FOUND_DETAIL = "there is nothing here for you"
HTTP_TYPES = {404: "not_found", 405: "method_not_allowed", 400: "bad_request"}
FULL = (errno.ENOSPC, errno.EDQUOT)


def problem_response(
    request: Request, answer: Answer, detail: str, **extensions: object
) -> JSONResponse:
    """Write a problem document (RFC 9457)."""
    content = {
        "type": answer.type,
        "title": answer.title,
        "status": answer.status,
        "detail": detail,
        "instance": request.scope["path"],
        "request_id": request.state.request_id,
        **extensions,
    }
    headers = {"WWW-Authenticate": "Session"} if answer.status == 401 else {}
    return JSONResponse(content, answer.status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of ours, of the framework and of the machine with a problem."""
    for kind in (ApiError, AccountsError, LedgerError, ResearchError, LakeError, IngestError):
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(OSError, _machine)
    app.add_exception_handler(DBAPIError, _machine)
    app.add_exception_handler(ClientDisconnect, _gone)


def _refused(request: Request, error: Exception) -> JSONResponse:
    """Answer an expected refusal."""
    if isinstance(error, AccountsError | NoSuchThing | StaleRead):
        enter(work_of(request), error)
    answer = answer_for(error)
    extensions: dict[str, object] = {}
    if isinstance(error, Invalid | ComputedDiffers):
        extensions["errors"] = [
            {"where": problem.where, "message": problem.message} for problem in error.problems
        ]
    if isinstance(error, StaleRevision | StaleRow):
        extensions["current"] = error.current
    if isinstance(error, StaleRevision):
        extensions |= error.sides
    if isinstance(error, Throttled):
        extensions["retry_after"] = error.retry_after
    # Hidden and absent must look alike, to the letter.
    hidden = isinstance(error, NotFound | NoSuchThing)
    response = problem_response(
        request, answer, NOT_FOUND_DETAIL if hidden else str(error), **extensions
    )
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def enter(work: Work, error: AccountsError | NoSuchThing | StaleRead) -> None:
    """Enter a refused attempt, in a transaction that the refused one cannot roll back.

    What is absent is entered like what is hidden: neither the ledger nor the time it takes tells
    which of the two it was.
    """
    hidden = isinstance(error, NotFound | NoSuchThing)
    refusal = None if isinstance(error, NoSuchThing) else error.refusal
    if refusal is None and not (hidden and work.actor is not NOBODY):
        return
    refused = NotFound(NOT_FOUND_DETAIL, refusal or Refusal()) if hidden else error
    if isinstance(error, StaleRead):
        # The kernel, which enters refusals, has its own word for a record that changed.
        refused = StaleRecord(str(error), refusal)
    with work.changing() as act:
        enter_refusal(act, refused)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Answer a body or parameter that does not fit; what was sent is not repeated."""
    assert isinstance(error, RequestValidationError)
    errors = [
        {"where": "/".join(str(part) for part in entry["loc"]), "message": entry["msg"]}
        for entry in error.errors()
    ]
    where = ", ".join(entry["where"] for entry in errors[:5])
    answer = Answer(422, "invalid", "The content is refused")
    return problem_response(request, answer, f"not acceptable: {where}", errors=errors)


def _framework(request: Request, error: Exception) -> JSONResponse:
    """Answer what the framework refuses before any route is reached."""
    assert isinstance(error, HTTPException)
    answer = Answer(
        error.status_code, HTTP_TYPES.get(error.status_code, "refused"), str(error.detail)
    )
    detail = NOT_FOUND_DETAIL if error.status_code == 404 else str(error.detail)
    response = problem_response(request, answer, detail)
    response.headers.update(error.headers or {})
    return response


def _machine(request: Request, error: Exception) -> JSONResponse:
    """Answer a full disk or a busy database; anything else is broken."""
    words = str(error.orig) if isinstance(error, DBAPIError) else ""
    if getattr(error, "errno", None) in FULL or "disk is full" in words:
        LOGGER.error("disk full", extra={"fields": {"request_id": request.state.request_id}})
        detail = "the disk is full, nothing was stored: free space and send it again"
        return problem_response(request, DISK_FULL, detail)
    if "database is locked" in words:
        return problem_response(request, BUSY, "the database is busy: try again in a moment")
    return broken(request, error)


def broken(request: Request, error: Exception) -> JSONResponse:
    """Answer what should not have happened, and log where."""
    fields = {"request_id": request.state.request_id}
    LOGGER.error(
        "internal error",
        exc_info=(type(error), error, error.__traceback__),
        extra={"fields": fields},
    )
    return problem_response(request, INTERNAL, "nothing was changed; report the request id")


def _gone(request: Request, error: Exception) -> JSONResponse:
    """Answer, for the log alone, a client that went away before its request was complete."""
    answer = Answer(400, "client_gone", "The client went away")
    return problem_response(request, answer, "the request was not complete: nothing was stored")
