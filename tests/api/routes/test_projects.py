"""Projects, subjects and what a caller may know of them."""

from tests.api.running import Running


def test_a_member_sees_the_project_with_roles_and_counts(any_world: Running) -> None:
    any_world.trial.add_subject("001", ["BL"])

    (project,) = any_world.person("manager").get("/api/projects").json()

    assert project["code"] == "ONC-1"
    assert project["my_roles"] == ["Editor"]
    assert "create subject" in project["my_permissions"]
    assert project["counts"]["subjects"] == 1
    assert project["counts"]["instances"] == 2
    assert any_world.person("manager").get(any_world.project).json() == project


def test_a_reader_is_told_no_figures_of_others(world: Running) -> None:
    world.trial.add_subject("001", ["BL"])

    (project,) = world.person("reader1").get("/api/projects").json()

    assert project["counts"]["subjects"] is None
    assert project["counts"]["instances"] is None
    assert project["counts"]["reads_signed"] is None
    assert project["my_permissions"] == []


def test_a_project_one_is_no_member_of_is_not_there(shared_world: Running) -> None:
    answer = shared_world.person("manager").get(
        "/api/projects/00000000-0000-4000-8000-000000000000"
    )

    assert answer.status_code == 404


def test_a_subject_is_made_with_its_visits(shared_world: Running) -> None:
    client = shared_world.person("manager")

    made = client.post(f"{shared_world.project}/subjects", json={"code": "S-1"})
    again = client.post(f"{shared_world.project}/subjects", json={"code": "S-1"})

    assert made.status_code == 201
    assert [visit["code"] for visit in made.json()["visits"]] == ["BL", "W6"]
    assert {visit["state"] for visit in made.json()["visits"]} == {"expected"}
    assert (again.status_code, again.json()["type"]) == (409, "already_exists")
    assert made.json() in client.get(f"{shared_world.project}/subjects").json()


def test_a_code_that_is_none_is_refused(shared_world: Running) -> None:
    client = shared_world.person("manager")

    for body in ({"code": ""}, {"code": "a b"}, {"code": "x", "kind": "imaginary"}, {}):
        assert client.post(f"{shared_world.project}/subjects", json=body).status_code == 422


def test_who_may_not_make_subjects_is_told_so(shared_world: Running) -> None:
    answer = shared_world.person("statistician").post(
        f"{shared_world.project}/subjects", json={"code": "S-2"}
    )

    assert (answer.status_code, answer.json()["type"]) == (403, "not_permitted")
