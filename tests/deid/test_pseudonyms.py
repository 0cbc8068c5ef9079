from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import UID

from deid.errors import InvalidKey
from deid.pseudonyms import CODE_LETTERS, SiteKey, create_site_key, read_site_key

KEY = SiteKey(bytes(32))


@given(st.from_regex(r"1\.2\.(0|[1-9][0-9]{0,9})(\.(0|[1-9][0-9]{0,9})){1,4}", fullmatch=True))
def test_a_uid_becomes_a_valid_uid_of_its_own(original: str) -> None:
    new = KEY.uid(original)

    assert UID(new).is_valid
    assert new.startswith("2.25.")
    assert new == KEY.uid(original) != KEY.uid(original + ".1")
    assert int(new[5:]) >> 76 & 0xF == 8
    assert int(new[5:]) >> 62 & 0x3 == 2


def test_the_standards_own_uids_stay() -> None:
    assert KEY.uid("1.2.840.10008.5.1.4.1.1.2") == "1.2.840.10008.5.1.4.1.1.2"


def test_a_uid_that_only_looks_like_the_standards_is_replaced() -> None:
    assert KEY.uid("1.2.840.10008.5.1.4.1.1.2.19610417").startswith("2.25.")


@given(st.text(max_size=64))
def test_a_patient_always_gets_the_same_code_and_shift(patient: str) -> None:
    code = KEY.patient_code(patient)

    assert code == KEY.patient_code(patient)
    assert code[0] == "P"
    assert set(code[1:]) <= set(CODE_LETTERS)
    assert len(code) == 13
    assert 1 <= KEY.date_shift_days(patient) <= 3650


def test_another_key_gives_other_pseudonyms() -> None:
    other = KEY.for_project("b")

    assert other.patient_code("1") != KEY.patient_code("1")
    assert other.uid("1.2.3") != KEY.uid("1.2.3")
    assert KEY.for_project("a") != other == KEY.for_project("b")


def test_a_key_does_not_show_itself() -> None:
    assert "00" not in repr(KEY)


def test_a_key_is_written_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "site.key"

    made = create_site_key(path, random_bytes=lambda count: bytes(range(count)))

    assert read_site_key(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        create_site_key(path, random_bytes=lambda count: bytes(count))


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [("00" * 32, 0o644, "readable by others"), ("zz", 0o600, "hexadecimal"), ("00", 0o600, "32")],
)
def test_a_key_that_is_not_safe_is_refused(
    tmp_path: Path, content: str, mode: int, said: str
) -> None:
    path = tmp_path / "site.key"
    path.write_text(content)
    path.chmod(mode)

    with pytest.raises(InvalidKey, match=said):
        read_site_key(path)


def test_an_absent_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidKey, match="no site key"):
        read_site_key(tmp_path / "site.key")
