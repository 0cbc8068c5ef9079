"""What each operation asks of the permission table: route → (verb, object, how it is found).

The commands ask `authorize` themselves; this table says the same once more, so that the OpenAPI
document (`x-permission`), "why can or can't I" and the matrix test speak of the same thing. The
matrix test calls every operation as every role and fails for one that is not here.
"""

from dataclasses import dataclass
from typing import Any, Literal, cast

from accounts.permissions import ObjectKind, Reach, Verb

# Where the scope of the question comes from: an id in the address, the caller alone, or nothing.
Scope = Literal["project", "repository", "organization", "task", "record", "self", "anybody"]


@dataclass(frozen=True)
class Asked:
    """The permission an operation needs; `least` is the narrowest reach that may be enough."""

    scope: Scope
    verb: Verb | None = None
    object_kind: ObjectKind | None = None
    least: Reach = "project"
    # Objects that are as good: a list that shows something of several kinds.
    also: tuple[ObjectKind, ...] = ()


def _asks(scope: Scope, lines: str) -> dict[str, Asked]:
    """Read lines of `verb object least: operation operation …`."""
    table = {}
    for line in filter(None, map(str.strip, lines.splitlines())):
        asked, _, operations = line.partition(":")
        verb, kind, least = asked.split()
        for operation in operations.split():
            table[operation] = Asked(
                scope, cast("Verb", verb), cast("ObjectKind", kind), cast("Reach", least)
            )
    return table


def _names(text: str) -> list[str]:
    return text.split()


OPERATIONS: dict[str, Asked] = {
    **{
        name: Asked("anybody")
        for name in _names(
            "get_build get_health accept_invitation preview_invitation sign_in"
            " sign_in_with_passkey ask_for_passkey get_provider come_back start_sign_in"
        )
    },
    **{
        name: Asked("self")
        for name in _names(
            "remove_authenticator offer_authenticator confirm_authenticator forget_device"
            " add_passkey offer_passkey remove_passkey change_password make_recovery_codes"
            " get_security end_other_sessions end_session sign_out get_session take_second_step"
            " step_up ask_for_own_passkey make_sign_grant ask_to_sign_by_passkey"
            " make_passkey_sign_grant make_single_sign_on_grant get_signing accept_accountability"
            " list_notices see_notice list_my_tasks list_projects"
            " list_repositories list_organizations start_errand unlink get_form_schema"
        )
    },
    **_asks(
        "organization",
        """
        view organization project: get_organization get_sign_in_rules
        edit organization project: edit_organization set_sign_in_rules keep_document
        view organization project: list_documents get_document
        create repository project: create_repository
        view person project: organizations_list_members organizations_list_access_requests
        view person project: list_invitations list_people
        create person project: organizations_ask_access invite
        """,
    ),
    **_asks(
        "repository",
        """
        view repository project: get_repository
        edit repository project: edit_repository
        create project project: create_project
        view role project: list_roles
        create role project: create_role
        view site project: list_repository_sites
        create site project: add_repository_site
        view member project: repositories_list_members repositories_list_access_requests
        create member project: repositories_ask_access
        """,
    ),
    **_asks(
        "project",
        """
        view project own: get_project why
        edit project project: edit_project
        view member project: projects_list_members projects_list_access_requests
        view member project: list_access_reviews
        approve member project: make_access_review
        create member project: projects_ask_access make_machine_key
        view member project: list_machine_keys
        view role project: list_project_roles
        view site site: list_sites
        create site project: create_site use_site
        edit site project: edit_site
        view subject site: list_subjects get_subject
        create subject site: create_subject
        edit subject site: edit_subject
        view image site: list_studies
        create image site: store_instances store_study_instances
        create read project: deliver
        view task site: list_project_tasks
        view workflow project: list_workflows
        create workflow project: save_workflow_design
        view form project: list_forms get_form download_form get_form_changes
        create form project: put_form validate_form read_form_document
        view ledger project: list_ledger_entries verify_ledger get_last_replay
        view ledger project: list_checkpoints prove_growth prove_entry
        export ledger project: export_ledger
        approve ledger project: review_entries
        view query project: list_query_requests
        view task project: list_stale_reads
        view read project: list_subject_responses list_accepted_records get_reader_quality
        assign task project: list_adjudications
        view lock project: list_locks get_lock list_resolutions get_resolution
        view lock project: list_certificates get_certificate
        view project project: get_retention list_freezes
        edit project project: set_retention
        edit subject project: withdraw_subject
        create lock project: make_lock
        view result project: list_table_rows list_table_versions get_lock_changes
        export result project: download_table_csv run_sql
        """,
    ),
    **_asks(
        "task",
        """
        view task own: get_task get_task_responses explain_answer get_attachment list_revisions
        view task own: get_changes
        view task own: copy_task_record list_annotations
        view image own: download_annotations
        run task own: open_task save_draft submit_task reopen_task sign_task
        run task own: settle_draft_conflict attach_file
        run task own: amend_task abandon_task_amendment reconfirm_task
        assign task project: repeat_one_task
        view task own: get_adjudication
        run task own: open_adjudication choose_record sign_adjudication
        """,
    ),
    **_asks(
        "record",
        """
        view member project: get_access_request get_access_review print_access_review
        approve member project: approve_access refuse_access sign_access_review verify_person
        create lock project: propose_resolution sign_resolution cancel_resolution
        create lock project: execute_resolution
        approve workflow project: approve_workflow
        approve form project: sign_one_form
        retire form project: retire_one_form
        retire member project: end_membership revoke_machine_key
        edit role project: change_role
        retire role project: retire_role
        create person project: revoke_invitation
        edit person project: deactivate_person reset_person
        """,
    ),
}
OPERATIONS["list_tables"] = Asked("project", "view", "result", also=("ledger",))
# The same reads stand below every root of images.
IMAGES = {
    "project_": Asked("project", "view", "image", "site"),
    "task_": Asked("task", "view", "image", "own"),
}


def asked_by(operation: str) -> Asked | None:
    """Return what an operation asks, or None for one that nobody has entered here."""
    found = OPERATIONS.get(operation)
    if found is None:
        found = next((one for name, one in IMAGES.items() if operation.startswith(name)), None)
    return found


def mark(document: dict[str, Any]) -> None:
    """Write into an OpenAPI document what each operation asks."""
    for operations in document["paths"].values():
        for operation in operations.values():
            asked = asked_by(operation["operationId"])
            if asked is not None and asked.verb is not None:
                operation["x-permission"] = {
                    "verb": asked.verb,
                    "object": asked.object_kind,
                    "scope": asked.scope,
                    "least": asked.least,
                }
