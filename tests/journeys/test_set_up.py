"""Setting a trial up from nothing, by requests alone."""

from tests.journeys.served import ADMINISTRATOR, Served


def test_a_trial_is_set_up_by_requests_alone(api: Served) -> None:
    api.invite("Sponsor Admin", "Reader One")
    organization = api.organization
    repository = api.made(
        ADMINISTRATOR,
        f"/api/organizations/{organization}/repositories",
        {"code": "SPON-A", "name": "Sponsor A", "admin_id": api.person_id("Sponsor Admin")},
    )
    project = api.made(
        "Sponsor Admin",
        f"/api/repositories/{repository}/projects",
        {
            "code": "A-1",
            "title": "Study A-1",
            "external_code": "EXT-1",
            "plan": {"sites": 3, "subjects": 12, "first_scan": "2026-04-01"},
        },
    )
    site = api.made(
        "Sponsor Admin",
        f"/api/projects/{project}/sites",
        {"code": "A-01", "name": "Site A-01", "country": "SE", "time_zone": "Europe/Stockholm"},
    )
    subject = api.made(
        "Sponsor Admin",
        f"/api/projects/{project}/subjects",
        {"code": "001", "site_id": site},
    )
    api.give_role("Sponsor Admin", f"projects/{project}", "Reader One", "Reader")

    shown = api.get("Sponsor Admin", f"/api/projects/{project}")
    assert shown.headers["etag"] == '"1"'
    assert shown.json()["plan"]["subjects"] == 12
    assert shown.json()["external_code"] == "EXT-1"
    assert [each["id"] for each in api.get("Reader One", "/api/projects").json()] == [project]
    assert api.get("Reader One", f"/api/projects/{project}").json()["options"] is None
    board = api.get("Sponsor Admin", f"/api/projects/{project}/subjects").json()
    assert [each["id"] for each in board] == [subject]


def test_a_stale_edit_is_refused_and_told_the_newest_version(api: Served) -> None:
    api.invite("Sponsor Admin")
    repository = api.made(
        ADMINISTRATOR,
        f"/api/organizations/{api.organization}/repositories",
        {"code": "SPON-A", "name": "Sponsor A", "admin_id": api.person_id("Sponsor Admin")},
    )
    project = api.made(
        "Sponsor Admin",
        f"/api/repositories/{repository}/projects",
        {"code": "A-1", "title": "Study A-1"},
    )
    browser = api.person("Sponsor Admin")
    edit = {"title": "Another title", "reason": {"code": "correction", "text": "a slip"}}
    address = f"/api/projects/{project}"

    first = browser.patch(address, json=edit, headers={"If-Match": '"1"'})
    second = browser.patch(address, json=edit, headers={"If-Match": '"1"'})

    assert (first.status_code, first.headers["etag"]) == (200, '"2"')
    assert (second.status_code, second.json()["type"]) == (412, "stale_revision")
    assert second.json()["current"] == 2
