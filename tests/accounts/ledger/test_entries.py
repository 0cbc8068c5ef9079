from dataclasses import replace
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from accounts.ledger.entries import (
    MAX_ENTRY_BYTES,
    MAX_INTEGER,
    Entry,
    JsonValue,
    Reason,
    canonical,
    digest,
    parse,
)
from accounts.ledger.errors import EntryRefused, EntryUnreadable
from tests.accounts.ledger.exported import verifier

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    st.characters(max_codepoint=127)
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)

ENTRY = Entry(
    log="p1",
    sequence=3,
    time=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
    actor_kind="person",
    actor_id="r1",
    action="read_signed",
    object_kind="read",
    object_id="r",
    object_revision=2,
    after={"digest": "ab", "items": [1, True, None]},
    reason=Reason(code="correction", text="typo"),
    rows={"reads": {"r": "cd", "gone": None}},
    request_id="q",
    build="0.1.0",
)


def test_an_entry_reads_back_as_it_was_written() -> None:
    assert parse(ENTRY.to_bytes()) == ENTRY


def test_the_bytes_do_not_depend_on_the_order_of_keys() -> None:
    turned = replace(ENTRY, after={"items": [1, True, None], "digest": "ab"})

    assert turned.to_bytes() == ENTRY.to_bytes()
    assert digest({"a": 1, "b": "2"}) == digest({"b": "2", "a": 1})


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.5, "float"),
        (2**53, "2\\^53"),
        (-(2**53), "2\\^53"),
        (b"x", "bytes"),
        ({1: "x"}, "not a string"),
    ],
)
def test_what_has_no_exact_bytes_is_refused(value: JsonValue, words: str) -> None:
    with pytest.raises(EntryRefused, match=words):
        replace(ENTRY, after={"value": value}).to_bytes()


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(EntryRefused, match="no zone"):
        replace(ENTRY, time=datetime(2026, 1, 1)).to_bytes()


def test_deep_nesting_is_refused() -> None:
    deep: JsonValue = "x"
    for _ in range(40):
        deep = [deep]

    with pytest.raises(EntryRefused, match="nested"):
        replace(ENTRY, after={"deep": deep}).to_bytes()


def test_an_oversized_entry_is_refused_with_its_name() -> None:
    with pytest.raises(EntryRefused, match="read_signed of read r"):
        replace(ENTRY, after={"text": "x" * MAX_ENTRY_BYTES}).to_bytes()


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", ENTRY.to_bytes() + b" "])
def test_other_bytes_are_not_an_entry(data: bytes) -> None:
    with pytest.raises(EntryUnreadable):
        parse(data)


def test_an_entry_with_keys_in_another_order_is_not_canonical() -> None:
    text = ENTRY.to_bytes().decode()
    data = '{"session":null,' + text[1:].replace('"session":null,', "")

    with pytest.raises(EntryUnreadable, match="canonical"):
        parse(data.encode())


@given(VALUES)
def test_the_bytes_are_those_of_rfc_8785_here_and_in_the_standalone_verifier(value: object) -> None:
    expected = rfc8785.dumps(value)  # type: ignore[arg-type]

    assert canonical(value) == expected  # type: ignore[arg-type]
    assert verifier.canonical(value).encode() == expected
    assert verifier.parse(expected) == value
