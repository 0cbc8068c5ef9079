import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import Refused
from accounts.passwords import HASHER, hash_password, password_matches, wants_rehash, weakness
from tests.examples.acts import CHEAP_HASHER

GOOD = (
    "tall giraffe reads backwards",
    "x7#Kp2!qLz9w",
    "öl und brot am abend",
    "日本語のながいことば犬猫",
)


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "P@ssw0rd2026!", "Welcome12345!", "iloveyou1234", "letmein12345",
        "qwertyuiop12", "1qaz2wsx3edc4rfv", "1q2w3e4r5t6y", "zxcvbnm12345", "123456789012",
        "987654321098", "abcdefghijkl", "aaaaaaaaaaaa", "abcabcabcabc", "Summer2026!!!",
        "correct horse battery staple", "adminadmin12", "asdfghjklasdf", "poiuytrewq12",
        "radiology2026", "Passwort12345",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password: str) -> None:
    with pytest.raises(Refused, match="first that are tried"):
        hash_password(password, hasher=CHEAP_HASHER)


@pytest.mark.parametrize("password", GOOD)
def test_what_nobody_guesses_is_taken_in_every_script(password: str) -> None:
    assert password_matches(hash_password(password, hasher=CHEAP_HASHER), password)


@pytest.mark.parametrize(
    "password", ["grace.hopper@navy.example", "Grace.Hopper-1906", "xxgrace.hopper!!"]
)
def test_the_login_is_no_password(password: str) -> None:
    with pytest.raises(Refused, match="login"):
        hash_password(password, login="grace.hopper@navy.example", hasher=CHEAP_HASHER)


@pytest.mark.parametrize("length", [0, 1, 11, 1025, 100_000])
def test_length_has_two_ends(length: int) -> None:
    with pytest.raises(Refused, match="12 to 1024"):
        hash_password("x7#Kp2!qLz9w" * (length // 12) + "y" * (length % 12), hasher=CHEAP_HASHER)


def test_one_password_has_one_spelling_on_every_keyboard() -> None:
    composed, decomposed = "caf\u00e9 am strand 9", "cafe\u0301 am strand 9"
    wide = "ｃaf\u00e9 am strand 9"
    stored = hash_password(composed, hasher=CHEAP_HASHER)

    assert password_matches(stored, decomposed)
    assert password_matches(stored, wide)
    assert not password_matches(stored, "cafe am strand 9")


def test_a_password_hashed_with_less_than_today_wants_to_be_hashed_anew() -> None:
    cheap = hash_password(GOOD[0], hasher=CHEAP_HASHER)

    assert wants_rehash(cheap)
    assert not wants_rehash(hash_password(GOOD[0]))
    assert wants_rehash(hash_password(GOOD[0]), PasswordHasher(time_cost=3, memory_cost=60_000))
    assert not wants_rehash(None)
    assert (HASHER.memory_cost, HASHER.time_cost, HASHER.parallelism) == (46 * 1024, 2, 1)


@given(st.text(max_size=60), st.text(max_size=30))
def test_judging_a_password_never_fails(password: str, login: str) -> None:
    assert isinstance(weakness(password, login), str)
