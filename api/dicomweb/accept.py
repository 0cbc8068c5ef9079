"""Content negotiation (PS3.18 8.7.5): what the Accept header allows, best first."""

import re
from dataclasses import dataclass

from python_multipart.multipart import parse_options_header

from api.errors import NotAcceptable

RANGE = re.compile(r'(?:[^,"]|"[^"]*"?)+')
MAX_LENGTH = 4096


@dataclass(frozen=True)
class MediaRange:
    """One alternative of an Accept header."""

    kind: str
    part_type: str
    transfer_syntax: str | None
    quality: float

    @property
    def is_multipart(self) -> bool:
        """Whether the parts of a multipart/related answer are meant."""
        return self.kind == "multipart/related"

    @property
    def named(self) -> str:
        """The type of the body, or of the parts of a multipart body."""
        return self.part_type if self.is_multipart else self.kind

    def allows(self, media_type: str) -> bool:
        """Return whether a body, or a part, of this type is welcome."""
        return self.named in ("*/*", media_type, f"{media_type.partition('/')[0]}/*")


def accepted(header: str | None) -> tuple[MediaRange, ...]:
    """Return the alternatives, best first; an absent header accepts everything."""
    if header and len(header) > MAX_LENGTH:
        raise NotAcceptable(f"the Accept header is longer than {MAX_LENGTH} characters")
    ranges = [_range(text) for text in RANGE.findall(header or "*/*") if text.strip()]
    wanted = [media_range for media_range in ranges if media_range.quality > 0]
    if not wanted:
        raise NotAcceptable("the Accept header allows nothing")
    return tuple(sorted(wanted, key=lambda media_range: -media_range.quality))


def choose(header: str | None, offered: tuple[str, ...]) -> str:
    """Return the first of the offered types that a plain Accept header allows."""
    for media_range in accepted(header):
        for media_type in offered:
            if not media_range.is_multipart and media_range.allows(media_type):
                return media_type
    raise NotAcceptable(f"this resource is given as {', '.join(offered)}")


def _range(text: str) -> MediaRange:
    kind, options = parse_options_header(text.strip())
    values = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in options.items()
    }
    try:
        quality = float(values.get("q", "1"))
    except ValueError:
        quality = 0.0
    return MediaRange(
        kind=kind.decode("latin-1").lower(),
        part_type=values.get("type", "*/*").lower(),
        transfer_syntax=values.get("transfer-syntax"),
        quality=quality,
    )
