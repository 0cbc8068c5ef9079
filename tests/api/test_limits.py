"""The rules of the doorway, one by one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import (
    AddressTooLong,
    BadJson,
    BadText,
    HeadersTooLarge,
    TooManyParameters,
    UnfitText,
    WrongHost,
)
from api.limits import (
    DEEPEST_JSON,
    MOST_JSON_VALUES,
    check_address,
    check_headers,
    check_host,
    check_json,
)

HOSTS = frozenset(("localhost", "trial.example.org", "[::1]"))


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1e400}',
        b'{"a": -1e400}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 9007199254740992}',
        b'{"a": ' + b"9" * 100_000 + b"}",
        b'{"a": 0.' + b"1" * 100 + b"}",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "\\u0062": 2}}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        b'{"a\\n": 1}',
        b"[" * 100_000,
        b"[" * 65 + b"]" * 65,
        b'{"a":' * 65 + b"1" + b"}" * 65,
        b"{",
        b"{'a': 1}",
        b"[1,]",
        b'"\x00"',
        b'"two\nlines"',
        b"[" + b"0," * MOST_JSON_VALUES + b"0]",
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
def test_a_body_that_readers_of_json_may_understand_differently_is_refused(body: bytes) -> None:
    with pytest.raises(BadJson):
        check_json(body)


@pytest.mark.parametrize(
    "escape",
    ["\\u0000", "\\u0001", "\\u001b", "\\u007f", "\\u0085", "\\ud800", "\\udc00", "\\uffff"],
)
def test_a_string_with_a_control_character_is_refused_by_its_place(escape: str) -> None:
    body = f'{{"changes": [{{"value": "a{escape}b"}}]}}'.encode()

    with pytest.raises(UnfitText) as refused:
        check_json(body)

    assert refused.value.where == "body/changes/0/value"


def test_several_lines_a_tab_and_every_script_are_text() -> None:
    check_json(
        json.dumps({"comment": "one\ntwo\tthree\r\n", "name": "Łukasz 王 👩‍⚕️ עברית"}).encode()
    )


def test_a_pair_of_surrogates_is_one_character() -> None:
    check_json(b'{"face": "\\ud83d\\ude00"}')


def test_the_deepest_body_and_the_largest_numbers_pass() -> None:
    check_json(b"[" * DEEPEST_JSON + b"]" * DEEPEST_JSON)
    check_json(b"[9007199254740991, -9007199254740991, 1e308, -0.0, 0.1]")


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")),
    lambda part: st.lists(part) | st.dictionaries(st.text("abcé", max_size=4), part),
    max_leaves=20,
)


@given(PLAIN, st.booleans())
def test_what_a_json_writer_writes_of_plain_values_passes(value: object, ascii_only: bool) -> None:
    check_json(json.dumps(value, ensure_ascii=ascii_only).encode())


@given(st.binary())
def test_any_bytes_at_all_pass_or_are_refused_in_words(body: bytes) -> None:
    words = "it passes"
    try:
        check_json(body)
    except (BadJson, UnfitText) as refused:
        words = str(refused)

    assert words


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (b"/api/%00", b""),
        (b"/api/a%0Ab", b""),
        (b"/api/%ff", b""),
        (b"/api/%ed%a0%80", b""),
        (b"/api", b"a=%00"),
        (b"/api", b"a=%1b"),
        (b"/api", b"%C2%85=1"),
        (b"/api", b"a=%c3"),
    ],
)
def test_an_address_with_what_is_no_text_is_refused(path: bytes, query: bytes) -> None:
    with pytest.raises(BadText):
        check_address(path, query)


def test_an_address_that_is_long_or_asks_too_much_is_refused() -> None:
    check_address(b"/api/tasks", b"&".join([b"a=1"] * 100))
    with pytest.raises(TooManyParameters):
        check_address(b"/api/tasks", b"&".join([b"a=1"] * 101))
    with pytest.raises(AddressTooLong):
        check_address(b"/api/" + b"a" * 8192, b"")


def test_headers_that_are_many_large_or_no_text_are_refused() -> None:
    check_headers([(b"accept", b"a/b,\tc/d")] * 100)
    with pytest.raises(HeadersTooLarge):
        check_headers([(b"a", b"b")] * 101)
    with pytest.raises(HeadersTooLarge):
        check_headers([(b"a", b"b" * 40_000)])
    with pytest.raises(BadText):
        check_headers([(b"x-reason", b"a\x1bb")])


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "trial.example.org:443", "[::1]:80"]
)
def test_a_name_of_this_site_is_taken_with_any_port(host: str) -> None:
    check_host([host], HOSTS)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "localhost.evil.example", "localhost:8000@evil", "localhost:x", "a b"],
)
def test_another_name_is_refused(host: str) -> None:
    with pytest.raises(WrongHost):
        check_host([host], HOSTS)


def test_no_name_and_two_names_are_refused() -> None:
    for hosts in ([], ["localhost", "localhost"]):
        with pytest.raises(WrongHost):
            check_host(hosts, HOSTS)
