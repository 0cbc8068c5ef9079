"""How each operation of the api is called: its address with ids filled in, and a valid body.

The bodies end in a refusal even for whoever may: nothing changes while every route is walked.
"""

import json
from collections.abc import Mapping
from typing import Any

import httpx

RANDOM = "99999999-9999-4999-8999-999999999999"
DIGEST = "0" * 64
REASON = {"code": "test", "text": "a test"}
GRANTED = {"verb": "view", "object_kind": "project", "reach": "project"}
AMENDS = {"reason_code": "other", "reason_text": "a test"}
SIGNED: dict[str, Any] = {"grant": "none"}

BODIES: dict[str, Any] = {
    "ask_access": {"person_id": RANDOM, "role": "Viewer"},
    "approve_access": SIGNED,
    "approve_workflow": SIGNED,
    "sign_access_review": SIGNED,
    "sign_one_form": SIGNED,
    "sign_task": SIGNED,
    "sign_adjudication": SIGNED,
    "choose_record": {"choice": "A", "reason_text": "a test"},
    "refuse_access": {"reason": REASON},
    "end_membership": {"reason": REASON},
    "revoke_machine_key": {"reason": REASON},
    "revoke_invitation": {"reason": REASON},
    "deactivate_person": {"reason": REASON},
    "reset_person": {"reason": REASON},
    "retire_role": {"reason": REASON},
    "retire_one_form": AMENDS,
    "edit_organization": {"name": "x", "reason": REASON},
    "set_sign_in_rules": {"second_factor_required": False, "idle_minutes": 30},
    "create_repository": {"code": "?", "name": "x", "admin_id": RANDOM},
    "edit_repository": {"name": "x", "reason": REASON},
    "create_project": {"code": "?", "title": "x"},
    "edit_project": {"title": "x", "reason": REASON},
    "create_role": {"name": "Reader", "grants": [GRANTED]},
    "change_role": {"grants": [GRANTED], "reason": REASON},
    "add_repository_site": {"code": "?", "name": "x"},
    "create_site": {"code": "?", "name": "x"},
    "edit_site": {"name": "x", "reason": REASON},
    "create_subject": {"code": "?"},
    "edit_subject": {"cohort": "x", "reason": REASON},
    "make_lock": {"name": "a lock"},
    "make_machine_key": {"name": "x", "role": "Emperor"},
    "save_workflow_design": {"definition": {}},
    "review_entries": {"first": 9, "last": 0},
    "verify_person": {"method": "institution"},
    "propose_resolution": {"kind": "freeze", "reason": REASON},
    "cancel_resolution": REASON,
    "sign_resolution": SIGNED,
    "set_retention": {"years": 25, "event": "end", "source": "x", "reason": REASON},
    "withdraw_subject": {"kind": "use", "reason": REASON},
    "put_form": {},
    "validate_form": {},
    "save_draft": {
        "changes": [{"group": "G", "repeat": "", "item": "I", "value": "x", "missing": None}]
    },
    "run_sql": {"sql": "SELECT 1"},
    "amend_task": AMENDS,
    "abandon_task_amendment": AMENDS,
    "reconfirm_task": AMENDS,
    "repeat_one_task": AMENDS,
}
MULTIPART = ('multipart/related; type="application/dicom"; boundary=b', b"--b--\r\n")
RAW = {
    "store_instances": MULTIPART,
    "store_study_instances": MULTIPART,
    "deliver": ("application/dicom", b"x"),
    "attach_file": ("application/octet-stream", b"x"),
    "keep_document": ("application/pdf", b"x"),
    "read_form_document": ("application/xml", b"<x/>"),
}
UIDS = {
    "source": "odm", "sha256": DIGEST,
    "study": "2.25.1", "series": "2.25.2", "instance": "2.25.3", "frames": "1", "frame": "1",
    "tag": "00420011", "table": "results", "form": "csv",
}  # fmt: skip
QUERIES: dict[str, dict[str, str]] = {
    "why": {"verb": "view", "object_kind": "project"},
    "get_changes": {"old": "1", "new": "2"},
    "get_form_changes": {"since": RANDOM},
    "get_lock_changes": {"since": RANDOM},
    "deliver": {
        "subject": "001",
        "visit": "BL",
        "step": "READ",
        "form": "X",
        "form_version": "1.0.0",
        "model": "m",
    },
    "prove_entry": {"sequence": "0"},
    "prove_growth": {"old_size": "1"},
    "export_ledger": {"format": "json"},
    "attach_file": {"group": "G", "item": "I"},
    "explain_answer": {"group": "G", "item": "I"},
}
# What would change something for good is asked of an id that nobody ever made.
SPARED = {"withdraw_subject": "subject_id"}
SCOPES = {
    "organizations": "organization_id", "repositories": "repository_id", "projects": "project_id"
}  # fmt: skip
VOLATILE_HEADERS = frozenset(("date", "x-request-id", "content-length"))
VOLATILE_MEMBERS = ("instance", "request_id")


def call(
    client: httpx.Client, method: str, path: str, operation: str, ids: Mapping[str, str]
) -> httpx.Response:
    """Call an operation with these ids; where one is not named, with one that nobody ever made."""
    scope = SCOPES.get(path.split("/")[2], "")
    known = {**UIDS, **ids, "scope_id": ids.get(scope, RANDOM)}
    known[SPARED.get(operation, "")] = RANDOM
    address = path
    for part in (each.split("}")[0] for each in path.split("{")[1:]):
        address = address.replace(f"{{{part}}}", known.get(part, RANDOM))
    key = "ask_access" if operation.endswith("ask_access") else operation
    query = QUERIES.get(operation, {})
    body = BODIES.get(key)
    if path in ("/api/people", "/api/invitations"):
        named = {"organization_id": ids.get("organization_id", RANDOM)}
        query = named
        if method == "POST":
            body = {"people": [{"login": "a b c", "printed_name": "x"}], **named}
    headers = {"If-Match": '"999"'}
    if operation in RAW:
        kind, content = RAW[operation]
        headers["Content-Type"] = kind
        return client.request(method, address, params=query, headers=headers, content=content)
    if body is None:
        return client.request(method, address, params=query, headers=headers)
    return client.request(method, address, params=query, headers=headers, json=body)


def likeness(answer: httpx.Response) -> tuple[object, ...]:
    """Return everything of an answer that must not differ between what is hidden and absent."""
    try:
        body = answer.json()
    except json.JSONDecodeError:
        body = {"text": answer.text}
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in VOLATILE_MEMBERS}
    headers = sorted(
        (name, value) for name, value in answer.headers.items() if name not in VOLATILE_HEADERS
    )
    return answer.status_code, json.dumps(body, sort_keys=True), tuple(headers)
