"""Row versions on the wire: `ETag` says which one was shown, `If-Match` which one is edited."""

from typing import Annotated

from fastapi import Header, Response

IfMatch = Annotated[
    str,
    Header(
        alias="If-Match", pattern=r'^"?[0-9]{1,9}"?$', description='the version that was shown, "3"'
    ),
]


def expected(if_match: str) -> int:
    """Return the version that the caller means to edit."""
    return int(if_match.strip('"'))


def tag(response: Response, row_version: int) -> None:
    """Say which version the answer shows."""
    response.headers["ETag"] = f'"{row_version}"'
