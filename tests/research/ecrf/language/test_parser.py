"""Expressions as text: the order of operators, and refusals that name place and remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.ecrf.language.errors import ExpressionRefused, SyntaxRefused, TooCostly
from research.ecrf.language.parser import MAX_DEPTH, parse
from research.ecrf.language.tokens import MAX_LENGTH
from research.ecrf.language.tree import Call, Chain, Comparison, Logic, Name, Not


def test_products_bind_before_sums_and_sums_before_comparisons():
    tree = parse("1 + 2 * 3 < 4 and not A or B")

    assert isinstance(tree, Logic)
    assert tree.word == "or"
    both = tree.parts[0]
    assert isinstance(both, Logic)
    assert both.word == "and"
    comparison, negation = both.parts
    assert isinstance(comparison, Comparison)
    assert isinstance(comparison.left, Chain)
    assert comparison.left.signs == ("+",)
    assert isinstance(negation, Not)


def test_a_group_and_its_item_are_joined_by_a_point():
    tree = parse("sum(TARGETS.counted_mm)")

    assert tree == Call("sum", (Name("TARGETS", "counted_mm", 5),), 1)


def test_an_oid_with_a_dash_or_a_point_stands_between_backticks():
    assert parse("`LESION-1.MM`") == Name(None, "LESION-1.MM", 1)
    assert parse("`G-1`.`I.2`") == Name("G-1", "I.2", 1)


def test_one_equals_sign_and_two_say_the_same():
    assert parse("A = 1") == parse("A ==1")


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 1, "a value is missing"),
        ("1 +", 4, "the expression ends here"),
        ("(1 + 2", 7, ") is missing to close the ( at character 1"),
        ("sum(A", 6, ") is missing to close what begins at character 1"),
        ("12,5", 3, "decimals have a point"),
        ("1e400", 1, "write it in full"),
        ("NaN NaN", 5, "an operator such as + or and is missing"),
        ("A == 'x", 6, "has no end"),
        ("A % 2", 3, "there is no %"),
        ("2 ^ 3", 3, "there is no power"),
        ("2 ** 3", 4, "there is no power"),
        ("A && B", 3, "write and"),
        ("!A", 1, "write not"),
        ("1 < X < 5", 7, "join them with and"),
        ("TARGETS.", 9, "after TARGETS. stands an item's oid"),
        ("A.and", 3, "after A. stands an item's oid"),
        ("A; B", 2, "there is nothing to separate"),
        ("eval\u0000(1)", 5, "has no meaning here"),
        ("А", 1, "has no meaning here"),
        ("A == 'a' in", 10, "join them with and"),
    ],
)
def test_what_is_no_expression_is_refused_with_place_and_remedy(text, position, words):
    with pytest.raises(SyntaxRefused) as refused:
        parse(text)

    assert refused.value.position == position
    assert words in str(refused.value)


def test_a_text_that_reads_like_a_word_is_a_text():
    tree = parse("A == 'not' and B")

    assert isinstance(tree, Logic)


HOSTILE = {
    "deep": "(" * 900 + "1" + ")" * 900,
    "deep calls": "abs(" * 450 + "1" + ")" * 450,
    "deep negation": "not " * 450 + "A",
    "deep signs": "-" * 1900 + "1",
    "deep lists": "[" * 1900,
    "long": "1+" * 5_000_000 + "1",
    "wide": "+".join(["1"] * 900),
    "many digits": "9" * 1900,
    "power of powers": "10**10**10",
    "exponent": "1e999999999",
    "unclosed": "'" + "a" * 1900,
    "spaces": " " * 1999,
    "not ASCII": "\U0001f600" * 1900,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_expression_is_refused_before_anything_is_evaluated(name):
    with pytest.raises(ExpressionRefused):
        parse(HOSTILE[name])


def test_depth_and_length_are_allowed_up_to_their_bounds():
    parse("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH)
    parse("1" + " " * (MAX_LENGTH - 1))

    with pytest.raises(TooCostly):
        parse("(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1))
    with pytest.raises(TooCostly):
        parse("1" + " " * MAX_LENGTH)


@given(st.text(alphabet="AB1.+-*/()[]<>=!,'` andornotif", max_size=200))
def test_any_text_is_parsed_or_refused_within_it(text):
    try:
        position = parse(text).position
    except ExpressionRefused as refused:
        position = refused.position

    assert 1 <= position <= len(text) + 1
