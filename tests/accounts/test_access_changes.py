"""Access: asked for, signed by somebody else, given, refused, ended."""

from datetime import timedelta

import pytest

from accounts.access_changes import (
    access_request,
    access_requests,
    approve_access,
    give_access_at_once,
    refuse_access,
    request_access,
)
from accounts.access_reviews import make_review, review, sign_review
from accounts.acts import Reason
from accounts.authorize import authorize, roles_held, sites_within
from accounts.errors import (
    AlreadyExists,
    LastAdmin,
    NotFound,
    NotPermitted,
    ReauthRequired,
    Refused,
    StaleRecord,
)
from accounts.identity import verify_identity
from accounts.ledger import log
from accounts.memberships import add_member, end_membership, members
from accounts.repository_roles import change_role, create_role
from accounts.roles import RoleGrant
from accounts.signatures import grant_signature
from accounts.statements import accept_statement, present_statement
from tests.accounts.conftest import PROJECT, REPOSITORY, House
from tests.examples.acts import PASSWORD, START, act

WHY = Reason(code="test", text="a test")


def ask(house: House, role: str = "Viewer", person: str = "stranger", **options: object) -> str:
    with house.database.transaction() as session:
        by = act(session, house.people["admin"])
        return request_access(by, PROJECT, house.people[person], role, **options).id  # type: ignore[arg-type]


def grant(house: House, kind: str, id: str, digest: str, meaning: str = "approval") -> str:
    """Let the Admin be allowed to sign, and re-authenticate for one record."""
    admin, words = house.people["admin"], present_statement()
    with house.database.transaction() as session:
        verify_identity(act(session), admin, method="document_in_person")
        accept_statement(act(session, admin), version=words.version, digest=words.digest)
        return grant_signature(
            act(session, admin), password=PASSWORD, record_kind=kind, record_id=id,
            record_digest=digest, meaning=meaning, log=PROJECT,
        ).token  # fmt: skip


def digest_of(house: House, request: str) -> str:
    with house.database.reading() as session:
        return access_request(act(session, house.people["admin"]), request).record_digest


def test_nothing_is_given_before_it_is_signed(house: House) -> None:
    request = ask(house)
    stranger = house.people["stranger"]
    with house.database.reading() as session, pytest.raises(NotFound):
        authorize(act(session, stranger), "view", "project", PROJECT)

    token = grant(house, "access_request", request, digest_of(house, request))
    with house.database.transaction() as session:
        _, signature = approve_access(act(session, house.people["admin"]), request, grant=token)

    with house.database.reading() as session:
        authorize(act(session, stranger), "view", "project", PROJECT)
        actions = [entry.action for entry in log.entries(session, PROJECT)]
        states = [r.state for r in access_requests(act(session, house.people["admin"]), PROJECT)]
    assert signature.meaning == "approval"
    assert actions[-4:] == [
        "member_requested", "signature_made", "member_approved", "access_approved"
    ]  # fmt: skip
    assert states == ["approved"]


def test_without_a_grant_nothing_is_approved(house: House) -> None:
    request = ask(house)

    with house.database.transaction() as session, pytest.raises(ReauthRequired):
        approve_access(act(session, house.people["admin"]), request, grant="none")


def test_nobody_approves_their_own_access(house: House) -> None:
    request = ask(house, role="Reader", person="admin")

    with house.database.transaction() as session, pytest.raises(NotPermitted, match="their own"):
        approve_access(act(session, house.people["admin"]), request, grant="none")
    with house.database.transaction() as session, pytest.raises(NotPermitted, match="their own"):
        give_access_at_once(act(session, house.people["admin"]), request)


def test_only_who_approves_members_approves(house: House) -> None:
    request = ask(house)

    with house.database.transaction() as session, pytest.raises(NotPermitted):
        approve_access(act(session, house.people["viewer"]), request, grant="none")
    with house.database.transaction() as session, pytest.raises(NotFound):
        approve_access(act(session, house.people["stranger"]), request, grant="none")


def test_a_role_that_changed_after_it_was_asked_for_is_not_approved_unseen(house: House) -> None:
    with house.database.transaction() as session:
        role = create_role(
            act(session), REPOSITORY, name="Looker", grants=[RoleGrant("view", "subject", "site")]
        )
    request = ask(house, role="Looker")
    token = grant(house, "access_request", request, digest_of(house, request))
    with house.database.transaction() as session:
        more = [RoleGrant("unblind", "read", "project")]
        change_role(act(session), role.id, row_version=1, grants=more, reason=WHY)

    with house.database.transaction() as session, pytest.raises(StaleRecord):
        approve_access(act(session, house.people["admin"]), request, grant=token)


def test_a_refused_request_gives_nothing_and_is_closed(house: House) -> None:
    request = ask(house)
    with house.database.transaction() as session:
        refuse_access(act(session, house.people["admin"]), request, WHY)

    with house.database.transaction() as session, pytest.raises(Refused, match="refused"):
        approve_access(act(session, house.people["admin"]), request, grant="none")


def test_the_same_access_is_not_asked_for_twice(house: House) -> None:
    ask(house)

    with pytest.raises(AlreadyExists):
        ask(house)
    with pytest.raises(AlreadyExists):
        ask(house, person="viewer")


def test_an_inspector_is_given_until_a_day(house: House) -> None:
    with pytest.raises(Refused, match="until when"):
        ask(house, role="Inspector")
    with pytest.raises(Refused, match="later end"):
        ask(house, role="Inspector", valid_until=START)

    ask(house, role="Inspector", valid_until=START + timedelta(days=2))


def test_a_project_keeps_one_admin(house: House) -> None:
    with house.database.transaction() as session:
        by = act(session, house.people["admin"])
        only = next(each for each in members(by, PROJECT) if each.role == "Admin")
        with pytest.raises(LastAdmin):
            end_membership(by, only.id, WHY)
        add_member(act(session), PROJECT, house.people["stranger"], "Admin")

        end_membership(act(session, house.people["stranger"]), only.id, WHY)

    with house.database.reading() as session, pytest.raises(NotFound):
        authorize(act(session, house.people["admin"]), "view", "project", PROJECT)


def test_an_admin_for_a_time_does_not_keep_the_project(house: House) -> None:
    with house.database.transaction() as session:
        later = START + timedelta(days=9)
        add_member(act(session), PROJECT, house.people["stranger"], "Admin", valid_from=later)
        by = act(session, house.people["admin"])
        only = next(each for each in members(by, PROJECT) if each.person_id == by.actor.id)

        with pytest.raises(LastAdmin):
            end_membership(by, only.id, WHY)


def test_a_membership_at_sites_narrows_what_belongs_to_subjects_and_nothing_else(
    house: House,
) -> None:
    stranger = house.people["stranger"]
    with house.database.transaction() as session:
        add_member(act(session), PROJECT, stranger, "Monitor", sites=["one"])

    with house.database.reading() as session:
        by = act(session, stranger)
        assert sites_within(by, "view", "subject", PROJECT) == {"one"}
        authorize(by, "view", "project", PROJECT)
        authorize(by, "view", "form", PROJECT)
        with pytest.raises(NotPermitted):
            authorize(by, "view", "ledger", PROJECT)
        assert roles_held(by, PROJECT) == ("Monitor",)


def test_a_review_says_who_has_what_and_is_signed_once(house: House) -> None:
    admin = house.people["admin"]
    with house.database.transaction() as session:
        made = make_review(act(session, admin), PROJECT)
    token = grant(house, "access_review", made.id, made.record_digest, "review")
    with house.database.transaction() as session:
        signed = sign_review(act(session, admin), made.id, grant=token)

    assert {row["role"] for row in made.rows} == {"Admin", "Reader", "Viewer", "SiteUploader"}
    assert signed.signature is not None
    assert signed.signature.meaning == "review"
    with house.database.reading() as session:
        again = review(act(session, admin), made.id)
    assert (again.rows, again.record_digest) == (made.rows, made.record_digest)
    with house.database.transaction() as session, pytest.raises(Refused, match="signed already"):
        sign_review(act(session, admin), made.id, grant=token)
    with house.database.transaction() as session, pytest.raises(NotPermitted):
        make_review(act(session, house.people["viewer"]), PROJECT)
