"""Names of other systems as OIDs and labels of a form."""

import re
from html.parser import HTMLParser

LONGEST_OID, LONGEST_LABEL = 64, 500


def oid_of(name: str) -> str:
    """Return the OID that a name becomes: letters, digits, `_`, `.` and `-` stay."""
    kept = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_.-") or "X"
    return (kept if kept[0].isalpha() else f"X{kept}")[:LONGEST_OID]


def label_of(text: str) -> str:
    """Return a label without mark-up and line breaks, cut to its longest."""
    words = _Words()
    words.feed(text)
    words.close()
    return " ".join("".join(words.parts).split())[:LONGEST_LABEL] or "-"


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep the text between the tags."""
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Let a tag part words."""
        self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """Let a tag part words."""
        self.parts.append(" ")
