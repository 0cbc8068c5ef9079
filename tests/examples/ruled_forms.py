"""A form with rules of every sort, made live in a trial: by its routes, then in a new workflow."""

import copy
from typing import Any, cast

import httpx

from accounts.signatures import grant_signature
from research.approvals import approve_workflow
from research.charter import Charter
from research.forms import parse_form, save_form
from research.workflows import parse_charter, save_workflow
from tests.examples.acts import PASSWORD
from tests.examples.trials import CHARTER, Trial, sign_drafted_form

RULED_FORM: dict[str, Any] = {
    "oid": "RULED",
    "version": "1.0.0",
    "title": "A form with rules",
    "groups": [
        {
            "oid": "FINDING",
            "label": "Finding",
            "items": [
                {
                    "oid": "STATUS", "label": "Status", "kind": "choice", "required": True,
                    "code_list": [
                        {"code": "present", "label": "Present"},
                        {"code": "absent", "label": "Absent"},
                    ],
                },
                {
                    "oid": "DIAM", "label": "Diameter", "kind": "decimal", "unit": "mm",
                    "visible_if": "STATUS == 'present'", "required_if": "STATUS == 'present'",
                },
                {"oid": "ONSET", "label": "Onset", "kind": "date", "least": "month"},
                {"oid": "COMMENT", "label": "Comment", "kind": "long_text"},
                {"oid": "LETTER", "label": "Letter", "kind": "file"},
            ],
        },
        {
            "oid": "LESION",
            "label": "Lesion",
            "repeats": {"max": 3},
            "items": [{"oid": "MM", "label": "Size", "kind": "decimal", "unit": "mm"}],
        },
        {
            "oid": "RESULT",
            "label": "Result",
            "items": [
                {
                    "oid": "TOTAL", "label": "Sum", "kind": "computed", "unit": "mm",
                    "value": "sum(LESION.MM)",
                },
                {
                    "oid": "CHANGE", "label": "Change", "kind": "computed", "unit": "%",
                    "value": "(TOTAL - prior(TOTAL)) * 100 / prior(TOTAL)", "decimals": 1,
                },
            ],
        },
    ],
    "checks": [
        {
            "oid": "HUGE", "item": "DIAM", "when": "DIAM > 100", "severity": "block",
            "message": "No finding is that large.",
        },
        {
            "oid": "LARGE", "item": "DIAM", "when": "DIAM > 50", "severity": "warn",
            "message": "Large: say why it is right.",
        },
        {
            "oid": "ASK", "item": "DIAM", "when": "DIAM > 40", "severity": "query",
            "message": "Ask the site for the earlier images.",
        },
    ],
}  # fmt: skip


def go_live(trial: Trial, manager: httpx.Client, definition: dict[str, Any]) -> str:
    """Save and sign a form by its routes and approve a workflow that reads with it."""
    form = put(manager, trial, definition).json()
    sign(manager, form)
    charter = copy.deepcopy(cast("dict[str, Any]", CHARTER))
    charter["steps"][2]["form"] = {"oid": form["oid"], "version": form["version"]}
    approve(trial, parse_charter(charter))
    return str(form["id"])


def make_live(trial: Trial, definition: dict[str, Any]) -> None:
    """Save and sign a form by commands and approve a workflow that reads with it."""
    form = parse_form(definition)
    with trial.acting("manager") as by:
        drafted = save_form(by, trial.project, form)
    sign_drafted_form(trial, drafted, form.digest)
    charter = copy.deepcopy(cast("dict[str, Any]", CHARTER))
    charter["steps"][2]["form"] = {"oid": form.oid, "version": form.version}
    approve(trial, parse_charter(charter))


def put(
    client: httpx.Client, trial: Trial, definition: dict[str, Any], *, onto: int = 0
) -> httpx.Response:
    """Save a draft form onto a draft."""
    return client.put(
        f"/api/projects/{trial.project}/forms",
        json=definition,
        headers={"If-Match": f'"{onto}"'},
    )


def sign(client: httpx.Client, form: dict[str, Any]) -> httpx.Response:
    """Re-authenticate for a form and sign it."""
    grant = client.post(
        "/api/sign-grants",
        json={
            "password": PASSWORD,
            "record_kind": "form",
            "record_id": form["id"],
            "record_digest": form["digest"],
            "meaning": "approval",
        },
    ).json()
    return client.post(f"/api/forms/{form['id']}/sign", json={"grant": grant["grant"]})


def approve(trial: Trial, charter: Charter) -> None:
    """Approve a workflow version; subjects made from now on follow it."""
    with trial.acting("manager") as by:
        workflow = save_workflow(by, trial.project, charter.to_json())
    with trial.acting("manager") as by:
        grant = grant_signature(
            by,
            password=PASSWORD,
            record_kind="workflow",
            record_id=workflow,
            record_digest=charter.digest,
            meaning="approval",
        )
        approve_workflow(by, workflow, grant=grant.token)
