import json

import pytest
from pydicom.datadict import dictionary_has_tag, dictionary_keyword

from deid.errors import InvalidProfile
from deid.profile import Option, Profile, basic_profile, confidentiality_table
from tests.shared import shared_path

COLUMNS = {
    Option.RETAIN_UIDS: "rtnUIDsOpt",
    Option.RETAIN_DEVICE: "rtnDevIdOpt",
    Option.RETAIN_INSTITUTION: "rtnInstIdOpt",
    Option.RETAIN_PATIENT_CHARACTERISTICS: "rtnPatCharsOpt",
    Option.RETAIN_FULL_DATES: "rtnLongFullDatesOpt",
    Option.RETAIN_MODIFIED_DATES: "rtnLongModifDatesOpt",
    Option.CLEAN_DESCRIPTORS: "cleanDescOpt",
    Option.CLEAN_STRUCTURED_CONTENT: "cleanStructContOpt",
    Option.CLEAN_GRAPHICS: "cleanGraphOpt",
    Option.RETAIN_SAFE_PRIVATE: "rtnSafePrivOpt",
}


def test_the_table_is_the_standards() -> None:
    published = json.loads(shared_path("standard", "ps3.15-e.1-1-2025b.json").read_text())

    ours = {
        row.tag.replace(",", ""): (row.basic, dict(row.options)) for row in confidentiality_table()
    }

    theirs = {
        row["id"].split("-")[0]: (
            row["basicProfile"],
            {option: row[column] for option, column in COLUMNS.items() if column in row},
        )
        for row in published
    }
    assert ours == theirs


def test_the_table_has_every_row_of_2025b_and_the_names_of_the_dictionary() -> None:
    rows = confidentiality_table()

    assert len(rows) == 647
    assert len({row.tag for row in rows}) == 647
    for row in rows:
        if row.tag[0] in "0123" and dictionary_has_tag(int(row.tag.replace(",", ""), 16)):
            assert row.keyword == dictionary_keyword(int(row.tag.replace(",", ""), 16))


@pytest.mark.parametrize(
    ("tag", "options", "action"),
    [
        (0x00100010, (), "Z"),
        (0x0020000D, (), "U"),
        (0x0020000D, (Option.RETAIN_UIDS,), "K"),
        (0x00080020, (), "Z"),
        (0x00080020, (Option.RETAIN_MODIFIED_DATES,), "C"),
        (0x00080020, (Option.RETAIN_FULL_DATES,), "K"),
        (0x00181000, (), "X/Z/D"),
        (0x00181000, (Option.RETAIN_DEVICE,), "K"),
        (0x00080080, (Option.RETAIN_INSTITUTION,), "K"),
        (0x00101010, (Option.RETAIN_PATIENT_CHARACTERISTICS,), "K"),
        # Cleaning a text by its meaning is not built: the stricter basic action is taken.
        (0x00102110, (Option.RETAIN_PATIENT_CHARACTERISTICS,), "X"),
    ],
)
def test_an_option_changes_the_action(tag: int, options: tuple[Option, ...], action: str) -> None:
    assert basic_profile(options).actions[tag] == action


def test_full_and_modified_dates_exclude_each_other() -> None:
    with pytest.raises(InvalidProfile, match="not both"):
        basic_profile([Option.RETAIN_FULL_DATES, Option.RETAIN_MODIFIED_DATES])


def test_an_option_that_is_not_built_is_refused_by_name() -> None:
    with pytest.raises(InvalidProfile, match="clean_descriptors"):
        Profile(frozenset({Option.CLEAN_DESCRIPTORS}))


def test_the_digest_names_what_is_done_to_every_attribute() -> None:
    plain, shifted = basic_profile(()), basic_profile()

    assert plain.digest != shifted.digest
    assert plain.digest == Profile().digest
    assert len(shifted.name) <= 64
    assert shifted.digest[:12] in shifted.name
