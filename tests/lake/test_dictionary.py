from pathlib import Path

from lake.dictionary import dictionary

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "data-dictionary.md"


def test_the_data_dictionary_is_what_the_tables_say() -> None:
    assert PAGE.read_text() == dictionary(), (
        "the data dictionary is stale: python -m lake.dictionary > "
        "docs/reference/data-dictionary.md"
    )
