"""The pages on expressions and criteria: their examples run, their lists are whole."""

import doctest
from pathlib import Path

import pytest

from research.ecrf.language.functions import FUNCTIONS

DOCS = Path(__file__).parents[2] / "docs"
EXPRESSIONS = DOCS / "reference" / "expressions.md"


@pytest.mark.parametrize(
    "page", [EXPRESSIONS, DOCS / "how-to" / "response-criteria.md"], ids=lambda page: page.stem
)
def test_the_examples_print_what_the_page_says(page):
    examples = doctest.DocTestParser().get_doctest(page.read_text(), {}, page.stem, str(page), 0)
    said: list[str] = []

    results = doctest.DocTestRunner().run(examples, out=said.append)

    assert results.attempted > 0
    assert results.failed == 0, "".join(said)


def test_every_function_of_the_language_is_on_its_page():
    text = EXPRESSIONS.read_text()

    assert [name for name in FUNCTIONS if f"`{name}(" not in text] == []
