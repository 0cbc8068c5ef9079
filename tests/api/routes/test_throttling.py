"""Guessing passwords: ten tries, then waits that grow, and nobody is locked out by a stranger."""

import httpx
import pytest

from accounts.ledger import log as ledger_log
from tests.api.administration import administrator
from tests.api.running import Running
from tests.examples.acts import PASSWORD

LOGIN = "reader1@demo.local"
THIEF = "203.0.113.7"


def attempt(
    world: Running,
    password: str,
    *,
    login: str = LOGIN,
    address: str = THIEF,
    browser: httpx.Client | None = None,
) -> httpx.Response:
    """Try once from an address, as a proxy on this machine reports it."""
    return (browser or world.anybody()).post(
        "/api/session",
        json={"login": login, "password": password},
        headers={"X-Forwarded-For": address},
    )


@pytest.mark.req("R-PWD")
def test_ten_bad_tries_throttle_and_are_entered_and_told(any_world: Running) -> None:
    owner = any_world.person("reader1")
    answers = [attempt(any_world, f"wrong {n}") for n in range(11)]

    assert [each.status_code for each in answers] == [401] * 10 + [429]
    assert answers[10].json()["type"] == "throttled"
    assert answers[10].headers["Retry-After"] == "30"
    with any_world.trial.database.reading() as session:
        (entry,) = ledger_log.entries(session, "system", action="tries_throttled")
        assert ledger_log.count(session, "system", action="sign_in_failed") == 10
    assert entry.object_id == any_world.trial.people["reader1"]
    told = [one["kind"] for one in owner.get("/api/notices").json()]
    assert told.count("tries_throttled") == 1


def test_the_right_password_waits_too_but_only_there(world: Running) -> None:
    for n in range(10):
        attempt(world, f"wrong {n}")

    there = attempt(world, PASSWORD)
    elsewhere = attempt(world, PASSWORD, address="198.51.100.1")

    assert (there.status_code, elsewhere.status_code) == (429, 201)


def test_waits_double_up_to_a_quarter_of_an_hour_and_end(world: Running) -> None:
    for n in range(10):
        attempt(world, f"wrong {n}")

    waits = []
    for _ in range(8):
        answer = attempt(world, "wrong")
        waits.append(int(answer.headers["Retry-After"]))
        world.clock.move(seconds=waits[-1])
        assert attempt(world, "wrong").status_code == 401

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]
    world.clock.move(minutes=15)
    assert attempt(world, PASSWORD).status_code == 201


def test_a_known_device_is_let_in_even_from_the_thiefs_own_address(world: Running) -> None:
    browser = world.anybody()
    assert attempt(world, PASSWORD, browser=browser).status_code == 201
    for n in range(11):
        attempt(world, f"wrong {n}")

    assert attempt(world, PASSWORD, browser=browser).status_code == 201


def test_many_addresses_together_make_strangers_wait_and_not_the_owner(world: Running) -> None:
    owner = world.person("reader1")
    for place in range(5):
        for _ in range(10):
            attempt(world, "wrong", address=f"203.0.113.{place}")

    stranger = attempt(world, "wrong", address="203.0.113.99")
    known = attempt(world, PASSWORD, address="203.0.113.99", browser=owner)

    assert (stranger.status_code, known.status_code) == (429, 201)


def test_one_address_however_long_it_tries_closes_no_other(world: Running) -> None:
    for _ in range(10):
        attempt(world, "wrong")
    for _ in range(60):
        world.clock.move(minutes=15)
        assert attempt(world, "wrong").status_code == 401

    assert attempt(world, PASSWORD, address="198.51.100.1").status_code == 201


def test_an_unknown_login_is_refused_and_throttled_in_the_same_words(world: Running) -> None:
    known = [attempt(world, "wrong", address="203.0.113.1") for _ in range(11)]
    unknown = [
        attempt(world, "wrong", login="nobody@demo.local", address="203.0.113.2") for _ in range(11)
    ]

    for mine, theirs in zip(known, unknown, strict=True):
        assert mine.status_code == theirs.status_code
        assert mine.headers.keys() == theirs.headers.keys()
        for part in ("type", "title", "detail"):
            assert mine.json()[part] == theirs.json()[part]


def test_a_person_is_told_of_a_sign_in_on_a_new_device(world: Running) -> None:
    first = world.person("reader1")
    assert first.get("/api/notices").json() == []

    world.person("reader1")

    assert [one["kind"] for one in first.get("/api/notices").json()] == ["new_device"]


def test_an_administrator_hears_of_guessing_at_their_peoples_accounts(world: Running) -> None:
    from tests.api.administration import accept, invite

    admin = administrator(world)
    accept(world, invite(admin, "grace@demo.local")["token"])
    for n in range(10):
        attempt(world, f"wrong {n}", login="grace@demo.local")

    assert "tries_throttled" in [one["kind"] for one in admin.get("/api/notices").json()]
