"""Files attached to answers."""

from api.schemas.wire import Wire


class Attachment(Wire):
    """A file that was taken; its digest is the answer of the item."""

    sha256: str
    size: int
    media_type: str
