"""A series or a slice that the answer points at."""

import re
from typing import Literal

from research.ecrf.items.item import AnswerRefused, ItemDefinition
from research.ecrf.part import left_out

LINK = re.compile(r"(series|image):([0-9.]{1,64})(#[1-9][0-9]{0,5})?", re.ASCII)


class ImageLinkItem(ItemDefinition):
    """One image as `image:<SOP Instance UID>#<frame>`, or one series as `series:<UID>`."""

    kind: Literal["image_link"]
    points_at: Literal["image", "series"] = left_out("image")

    def canonical(self, typed: str) -> str:
        """Return the reference; whether the task has such an image, the draft's images say."""
        found = LINK.fullmatch(typed.strip())
        if found is None or found[1] != self.points_at or bool(found[3]) != (found[1] == "image"):
            wanted = "image:<uid>#<frame>" if self.points_at == "image" else "series:<uid>"
            raise AnswerRefused(f"is not a reference to one {self.points_at}, {wanted}")
        return typed.strip()
