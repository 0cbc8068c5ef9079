"""Every way de-identification refuses an object.

DeidError
├── NotDicom               the bytes are no DICOM file
├── Truncated              the file ends inside a data element
├── Malformed              the encoding breaks PS3.5 in a way that cannot be read safely
├── TooLarge               a limit of size or of nesting is exceeded
├── MissingUid             study, series or SOP instance UID is absent
├── UnsupportedSyntax      the transfer syntax is private or unknown
├── UnsupportedObject      the kind of object cannot be cleaned by rules on attributes
├── BurnedInText           the object itself says that its pixels hold text
├── IdentifierLeft         a known identifier is left where rules on attributes do not reach
├── InvalidKey             the site key is absent, too short or readable by others
└── InvalidProfile         options that exclude each other or that are not built

A refused object must not leave the site: the caller keeps the original and shows `code`.
No message holds a value of the object.
"""


class DeidError(Exception):
    """The object cannot be de-identified; it must stay where it is."""

    code = "refused"


class NotDicom(DeidError):
    """The bytes are no DICOM file."""

    code = "not_dicom"


class Truncated(DeidError):
    """The file ends inside a data element."""

    code = "truncated"


class Malformed(DeidError):
    """The encoding breaks PS3.5 in a way that cannot be read safely."""

    code = "malformed"


class TooLarge(DeidError):
    """A limit of size or of nesting is exceeded."""

    code = "too_large"


class MissingUid(DeidError):
    """Study, series or SOP instance UID is absent."""

    code = "missing_uid"


class UnsupportedSyntax(DeidError):
    """The transfer syntax is private or unknown."""

    code = "unsupported_syntax"


class UnsupportedObject(DeidError):
    """The kind of object cannot be cleaned by rules on attributes."""

    code = "unsupported_object"


class BurnedInText(DeidError):
    """The object itself says that its pixels hold text."""

    code = "burned_in_text"


class IdentifierLeft(DeidError):
    """A known identifier is left where rules on attributes do not reach."""

    code = "identifier_left"


class InvalidKey(DeidError):
    """The site key is absent, too short or readable by others."""

    code = "invalid_key"


class InvalidProfile(DeidError):
    """Options that exclude each other or that are not built."""

    code = "invalid_profile"
