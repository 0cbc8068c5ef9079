"""A file attached to the answers."""

import re
from typing import Literal

from pydantic import Field

from research.ecrf.items.item import AnswerRefused, ItemDefinition

SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
MediaType = Literal["application/pdf", "image/jpeg", "image/png", "text/csv", "text/plain"]


class FileItem(ItemDefinition):
    """One attachment; the value is the SHA-256 of its bytes, never its name."""

    kind: Literal["file"]
    media_types: tuple[MediaType, ...] = Field(default=("application/pdf",), min_length=1)
    max_mb: int = Field(default=4, ge=1, le=50)

    def canonical(self, typed: str) -> str:
        """Return the digest by which the attachment is kept."""
        if not SHA256.fullmatch(typed):
            raise AnswerRefused("is not an attachment: upload the file")
        return typed
