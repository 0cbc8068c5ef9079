import pytest

from gateway.errors import PlatformUnavailable
from gateway.receipts import RECEIPT_TYPE, Receipt, read_receipt

UID, DIGEST = "2.25.1", "a" * 64


def outcome(receipt: dict[str, object]) -> tuple[str, str]:
    return Receipt.model_validate(receipt).outcome(sop_instance_uid=UID, sha256=DIGEST)


def stored(uid: str = UID, digest: str = DIGEST, status: str = "stored") -> dict[str, object]:
    return {"stored": [{"sop_instance_uid": uid, "sha256": digest, "status": status}]}


def failed(kind: str, code: object = 272) -> dict[str, object]:
    return {"failed": [{"sop_instance_uid": UID, "type": kind, "reason": "", "code": code}]}


@pytest.mark.parametrize("status", ["stored", "already_present", "held"])
@pytest.mark.req("R-XFER")
def test_an_object_is_held_when_uid_and_digest_match(status: str) -> None:
    assert outcome(stored(status=status)) == ("held", "")


@pytest.mark.parametrize(
    ("receipt", "expected"),
    [
        (stored(digest="b" * 64), ("refused", "digest_differs")),
        (stored(uid="2.25.2"), ("again", "not_in_receipt")),
        ({}, ("again", "not_in_receipt")),
        (failed("uid_collision"), ("refused", "uid_collision")),
        (failed("storage_failed"), ("again", "storage_failed")),
        (failed(""), ("refused", "272")),
        (failed("Doe, Jane was here"), ("refused", "doe__jane_was_here")),
        (failed("x" * 100), ("refused", "x" * 40)),
    ],
)
@pytest.mark.req("R-XFER")
def test_anything_else_leaves_the_original_where_it_is(
    receipt: dict[str, object], expected: tuple[str, str]
) -> None:
    assert outcome(receipt) == expected


def test_of_two_objects_with_one_uid_the_stored_one_is_told_by_its_digest() -> None:
    receipt = stored() | failed("uid_collision")

    assert outcome(receipt) == ("held", "")
    other = Receipt.model_validate(receipt).outcome(sop_instance_uid=UID, sha256="b" * 64)
    assert other == ("refused", "uid_collision")


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("text/html", b"<html>", "no_receipt"),
        ("application/dicom+json", b"{}", "no_receipt"),
        (RECEIPT_TYPE, b"{", "receipt_unreadable"),
        (RECEIPT_TYPE, b'{"stored": [{}]}', "receipt_unreadable"),
    ],
)
def test_an_answer_that_is_no_receipt_proves_nothing(
    content_type: str, body: bytes, code: str
) -> None:
    with pytest.raises(PlatformUnavailable) as refusal:
        read_receipt(content_type, body)

    assert refusal.value.code == code


def test_a_receipt_with_parameters_in_its_type_is_read() -> None:
    assert read_receipt(f"{RECEIPT_TYPE}; charset=utf-8", b"{}") == Receipt()
