"""Every table of the lake: its columns with type, unit and meaning, and its key.

Columns spelled as a DICOM keyword hold that attribute, as received after de-identification; ours
are spelled in lower case. No table holds an identifying value.
"""

from dataclasses import dataclass
from typing import Literal

from lake.errors import UnknownTable

ColumnType = Literal["text", "integer", "number", "boolean", "date", "instant"]
Layer = Literal["bronze", "silver", "gold"]


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in which unit, and whether it may be absent."""

    name: str
    type: ColumnType
    meaning: str
    unit: str = ""
    nullable: bool = True


@dataclass(frozen=True)
class Table:
    """One table: the interface between those who build it and those who read it."""

    name: str
    layer: Layer
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return one column by name."""
        return next(column for column in self.columns if column.name == name)


def _required(name: str, type: ColumnType, meaning: str, unit: str = "") -> Column:
    return Column(name, type, meaning, unit, nullable=False)


def _as_in(table: Table, *names: str) -> tuple[Column, ...]:
    """Return columns that mean what they mean in another table."""
    return tuple(table.column(name) for name in names)


_PROJECT = _required("project_id", "text", "Project the row belongs to (UUID)")
_SEQUENCE = _required(
    "ledger_sequence", "integer", "Sequence of the ledger entry that made or last changed the row"
)

HEADER_COLUMNS = (
    _required("SOPInstanceUID", "text", "UID of the instance"),
    _required("SOPClassUID", "text", "Kind of object"),
    _required("StudyInstanceUID", "text", "UID of the study"),
    _required("SeriesInstanceUID", "text", "UID of the series"),
    Column("TransferSyntaxUID", "text", "Encoding of the stored file"),
    Column("PatientID", "text", "Pseudonym of the patient"),
    Column("PatientSex", "text", "Sex: M, F or O"),
    Column("PatientAge", "text", "Age, as DICOM writes it (046Y)"),
    Column("Modality", "text", "Modality: CT, MR, PT …"),
    Column("StudyDate", "date", "Date of the study, shifted when the project shifts dates"),
    Column("SeriesDate", "date", "Date of the series, shifted likewise"),
    Column("AcquisitionDate", "date", "Date of the acquisition, shifted likewise"),
    Column("StudyDescription", "text", "What the site called the study, after cleaning"),
    Column("SeriesDescription", "text", "What the site called the series, after cleaning"),
    Column("SeriesNumber", "integer", "Number of the series in its study"),
    Column("AcquisitionNumber", "integer", "Number of the acquisition"),
    Column("InstanceNumber", "integer", "Number of the instance in its series"),
    Column("BodyPartExamined", "text", "Body part"),
    Column("Manufacturer", "text", "Maker of the device"),
    Column("ManufacturerModelName", "text", "Model of the device"),
    Column("MagneticFieldStrength", "number", "Field strength", "T"),
    Column("KVP", "number", "Peak tube voltage", "kV"),
    Column("ConvolutionKernel", "text", "Reconstruction kernel"),
    Column("ContrastBolusAgent", "text", "Contrast agent"),
    Column("ImageType", "text", "Image type, parts joined by a backslash"),
    Column("PatientPosition", "text", "Position in the device: HFS, FFS …"),
    Column("FrameOfReferenceUID", "text", "UID of the frame of reference"),
    Column("ImageOrientationPatient", "text", "Six direction cosines, joined by a backslash"),
    Column("ImagePositionPatient", "text", "Position of the first voxel, joined by a backslash"),
    Column("SliceLocation", "number", "Position of the slice along the scan", "mm"),
    Column("SliceThickness", "number", "Nominal slice thickness", "mm"),
    Column("SpacingBetweenSlices", "number", "Distance of slice centres", "mm"),
    Column("pixel_spacing_row_mm", "number", "Distance of rows", "mm"),
    Column("pixel_spacing_column_mm", "number", "Distance of columns", "mm"),
    Column("Rows", "integer", "Rows of the image", "px"),
    Column("Columns", "integer", "Columns of the image", "px"),
    Column("NumberOfFrames", "integer", "Frames in the instance; 1 when not stated"),
    Column("BitsAllocated", "integer", "Bits allocated for a sample"),
    Column("PhotometricInterpretation", "text", "Meaning of the samples"),
    Column("BurnedInAnnotation", "text", "Whether the pixels carry text that may identify"),
    Column("PatientIdentityRemoved", "text", "Whether the object says it was de-identified"),
)

DICOM_INSTANCES = Table(
    "dicom_instances",
    "bronze",
    "One row per stored DICOM instance: the typed header beside where its bytes are kept.",
    ("SOPInstanceUID",),
    (
        _PROJECT,
        _required("subject", "text", "Code of the subject the instance was matched to"),
        _required("visit", "text", "Code of the visit the instance was matched to"),
        *HEADER_COLUMNS,
        _required("sha256", "text", "Digest of the stored bytes, and the name of the object"),
        _required("size_bytes", "integer", "Size of the stored bytes", "B"),
        _required("object_key", "text", "Key of the object inside the lake"),
        Column("original_sha256", "text", "Digest before de-identification, if it was stated"),
        Column("source", "text", "The way it came in: gateway, browser, folder …"),
        _required("received_at", "instant", "When the platform stored it"),
        _SEQUENCE,
    ),
)

LEDGER_ENTRIES = Table(
    "ledger_entries",
    "bronze",
    "Every entry of the project's tamper-evident ledger, in order and without gaps.",
    ("sequence",),
    (
        _PROJECT,
        _required("sequence", "integer", "Place in the ledger; the first entry is 0"),
        _required("at", "instant", "Server time of the act"),
        _required("action", "text", "What was done, in the past tense: read_signed …"),
        _required("actor_kind", "text", "person, machine or system"),
        _required("actor_id", "text", "Id of the actor; never a name"),
        Column("on_behalf_of", "text", "Id of the person the actor acted for"),
        _required("object_kind", "text", "Kind of the record acted on"),
        _required("object_id", "text", "Id of the record acted on"),
        Column("object_revision", "integer", "Revision of the record after the act"),
        Column("reason_code", "text", "Code of the stated reason"),
        Column("build", "text", "Software build that wrote the entry"),
        _required("leaf_hash", "text", "RFC 9162 hash of the entry's bytes, in hex"),
        _required("entry", "text", "The entry itself, RFC 8785 JSON"),
        _SEQUENCE,
    ),
)

_READ_KEY = (
    _PROJECT,
    _required("read_id", "text", "Id of this revision of the read (UUID)"),
    _required("subject", "text", "Subject code"),
    _required("subject_kind", "text", "live; test subjects never leave the trial's database"),
    Column("site", "text", "Code of the subject's primary site"),
    Column("visit", "text", "Visit code; absent for a read of the whole subject"),
    Column("visit_label", "text", "Label of the visit"),
    _required("step", "text", "Code of the workflow step"),
    Column("workflow_version", "integer", "Version of the workflow the read is pinned to"),
    _required("reader", "text", "Id of the reader: person or model"),
    Column("reader_label", "text", "Printed label of the reader"),
    _required("reader_kind", "text", "human or machine"),
    Column("position", "text", "Position of the reader in the step: R1, R2 …"),
    Column("arm", "text", "Reading arm"),
    _required("session", "integer", "Reading session, from 1"),
    _required("repeat", "integer", "0 for the first reading, 1 for a hidden repeat"),
    _required("revision", "integer", "Counts signatures of the read"),
)
_READ_FACTS = (
    _required("form_oid", "text", "OID of the form"),
    _required("form_version", "text", "Semantic version of the form"),
    _required("form_digest", "text", "SHA-256 of the form's canonical JSON"),
    Column("image_set_digest", "text", "SHA-256 over the images the reader was shown"),
    Column("signed_at", "instant", "When the revision was signed; absent when imported unsigned"),
)
_ANSWER = (
    _required("group_oid", "text", "OID of the item group"),
    _required("repeat_key", "text", "Row of a repeating group; empty when it does not repeat"),
    _required("item_oid", "text", "OID of the item"),
    _required("kind", "text", "Kind of the item: text, integer, decimal, choice …"),
    Column("value_text", "text", "Value as typed"),
    Column("value_decimal", "text", "Exact decimal value, for items that are numbers"),
    Column("missing", "text", "Why there is no value: not_done, not_evaluable …"),
)
_ANSWER_KEY = ("read_id", "revision", "group_oid", "repeat_key", "item_oid")

ANSWERS = Table(
    "answers",
    "bronze",
    "One row per answered item of every signed or imported revision, as it was signed.",
    _ANSWER_KEY,
    (
        *_READ_KEY,
        _required("status", "text", "signed or imported, when the revision was written"),
        *_READ_FACTS,
        *_ANSWER,
        _SEQUENCE,
    ),
)

ANNOTATIONS = Table(
    "annotations",
    "bronze",
    "One row per mark of every signed or imported revision: its geometry and what it measures.",
    ("read_id", "annotation_id"),
    (
        *_READ_KEY,
        _required("annotation_id", "text", "Id of the mark, the same in every revision (UUID)"),
        _required("annotation_revision", "integer", "Counts changes of the mark while drafted"),
        _required("kind", "text", "point, length, bidirectional, angle, box, polygon, mask …"),
        _required("space", "text", "patient (millimetres) or image (pixels from the outer corner)"),
        Column("FrameOfReferenceUID", "text", "Frame of reference of the coordinates"),
        _required("SOPInstanceUID", "text", "Image of the first part"),
        _required("frame", "integer", "Frame of the first part, from 1"),
        _required("images", "integer", "How many frames the mark lies on"),
        _required("geometry", "text", "All parts as JSON, coordinates as exact decimals"),
        Column("tracking_uid", "text", "DICOM tracking UID of the lesion"),
        Column("group_oid", "text", "OID of the item group, where the mark answers an item"),
        Column("repeat_key", "text", "Row of a repeating group"),
        Column("item_oid", "text", "OID of the item"),
        _required("author_kind", "text", "human or ai"),
        Column("viewer_build", "text", "Build of the viewer that drew it"),
        Column("length", "text", "Exact length, in the unit of the row"),
        Column("long_axis", "text", "Exact long axis, in the unit of the row"),
        Column("short_axis", "text", "Exact short axis, in the unit of the row"),
        Column("area", "text", "Exact area of the largest slice, in the unit squared"),
        Column("volume", "text", "Exact volume over all slices", "mm3"),
        Column("angle", "text", "Exact angle", "deg"),
        _required("unit", "text", "mm, or px where the image has no millimetre"),
        _required("calibration", "text", "What a pixel's size rests on: patient, detector, none …"),
        _SEQUENCE,
    ),
)

SUBJECTS = Table(
    "subjects",
    "bronze",
    "One row per subject: its code and what analysis may know of it.",
    ("subject",),
    (
        _PROJECT,
        _required("subject", "text", "Subject code"),
        _required("subject_id", "text", "Id of the subject (UUID)"),
        Column("site", "text", "Code of the primary site"),
        Column("cohort", "text", "Cohort"),
        Column("sex", "text", "Sex"),
        Column("year_of_birth", "integer", "Year of birth"),
        _required("state", "text", "screening, enrolled, completed, withdrawn …"),
        _SEQUENCE,
    ),
)

_VALUE_NUMBER = Column(
    "value_number", "number", "Nearest binary number to value_decimal: for statistics and charts"
)

READS = Table(
    "reads",
    "silver",
    "One row per answered item with the whole read key, and whether its revision is in force.",
    _ANSWER_KEY,
    (
        *_READ_KEY,
        _required("read_status", "text", "signed, imported, or superseded by a later revision"),
        _required("in_force", "boolean", "Whether this is the newest revision of the read"),
        *_READ_FACTS,
        *_ANSWER,
        _VALUE_NUMBER,
        _SEQUENCE,
    ),
)

SERIES = Table(
    "series",
    "silver",
    "One row per DICOM series, with the column names of the IDC index.",
    ("SeriesInstanceUID",),
    (
        _PROJECT,
        _required("collection_id", "text", "The project, in the words of the IDC index"),
        Column("subject", "text", "Subject code"),
        Column("visit", "text", "Visit code"),
        *(
            Column(name, "text", meaning, nullable=name not in ("SeriesInstanceUID", "Modality"))
            for name, meaning in (
                ("PatientID", "Pseudonym of the patient"),
                ("SeriesInstanceUID", "UID of the series"),
                ("StudyInstanceUID", "UID of the study"),
                ("PatientAge", "Age, as DICOM writes it"),
                ("PatientSex", "Sex: M, F or O"),
            )
        ),
        Column("StudyDate", "date", "Date of the study"),
        Column("StudyDescription", "text", "Description of the study"),
        Column("BodyPartExamined", "text", "Body part"),
        Column("Modality", "text", "Modality"),
        Column("SOPClassUID", "text", "Kind of object; the most frequent one of a mixed series"),
        Column("TransferSyntaxUID", "text", "Encoding; the most frequent one"),
        Column("Manufacturer", "text", "Maker of the device"),
        Column("ManufacturerModelName", "text", "Model of the device"),
        Column("SeriesDate", "date", "Date of the series"),
        Column("SeriesDescription", "text", "Description of the series"),
        Column("SeriesNumber", "integer", "Number of the series in its study"),
        _required("instanceCount", "integer", "Instances in the series"),
        _required("frame_count", "integer", "Frames in the series"),
        _required("series_size_MB", "number", "Size of the series", "MB"),
        Column("SliceThickness", "number", "Greatest nominal slice thickness", "mm"),
        Column("pixel_spacing_row_mm", "number", "Greatest distance of rows", "mm"),
        _required("first_received_at", "instant", "When its first instance was stored"),
        _required("last_received_at", "instant", "When its last instance was stored"),
        _SEQUENCE,
    ),
)

RESULTS = Table(
    "results",
    "gold",
    "One row per answered item of every live subject's reads, with the system columns of analysis.",
    _ANSWER_KEY,
    (
        _PROJECT,
        _required("project", "text", "Project code"),
        *_as_in(READS, "workflow_version", "step", "subject"),
        _required("kind", "text", "Kind of subject: live; test subjects never appear here"),
        *_as_in(SUBJECTS, "site", "cohort", "sex", "year_of_birth"),
        *_as_in(READS, "visit", "visit_label"),
        Column("visit_day", "integer", "Day of the visit after day 0", "d"),
        *_as_in(READS, "reader", "reader_label", "reader_kind", "position", "arm", "session"),
        *_as_in(READS, "repeat", "read_id", "revision"),
        Column("accepted", "boolean", "Whether this read is the one of record; absent until ruled"),
        *_as_in(READS, "read_status"),
        *_READ_FACTS,
        Column("model_digest", "text", "Digest of the model, for a machine's read"),
        *_as_in(READS, "group_oid", "repeat_key", "item_oid"),
        _required("item_kind", "text", "Kind of the item: text, integer, decimal, choice …"),
        *_as_in(READS, "value_text", "value_decimal", "value_number", "missing"),
        _SEQUENCE,
    ),
)

READER_AGREEMENT = Table(
    "reader_agreement",
    "gold",
    "Agreement of every pair of readers, and of all together, per item: coefficient and interval.",
    ("step", "form_oid", "group_oid", "item_oid", "reader_a", "reader_b", "coefficient"),
    (
        _PROJECT,
        _required("step", "text", "Code of the workflow step"),
        _required("form_oid", "text", "OID of the form"),
        _required("group_oid", "text", "OID of the item group"),
        _required("item_oid", "text", "OID of the item"),
        _required("reader_a", "text", "Reader, or 'all'"),
        _required("reader_b", "text", "The other reader, or 'all'"),
        Column("reader_a_label", "text", "Printed label of reader_a"),
        Column("reader_b_label", "text", "Printed label of reader_b"),
        _required(
            "coefficient",
            "text",
            "percent_agreement, gwet_ac, krippendorff_alpha, or icc for numbers",
        ),
        _required("n_units", "integer", "Units (subject, visit, row) that at least two rated"),
        _required("n_readers", "integer", "Readers compared"),
        Column("value", "number", "The estimate; absent where it is undefined"),
        Column("ci_low", "number", "Lower end of the 95 % interval"),
        Column("ci_high", "number", "Upper end of the 95 % interval"),
        Column("se", "number", "Standard error"),
        _required("method", "text", "Estimator and interval, or why there is none"),
        _SEQUENCE,
    ),
)

TABLES = (
    DICOM_INSTANCES,
    LEDGER_ENTRIES,
    ANSWERS,
    ANNOTATIONS,
    SUBJECTS,
    SERIES,
    READS,
    RESULTS,
    READER_AGREEMENT,
)


def table_named(name: str) -> Table:
    """Return a table by name.

    Raises
    ------
    UnknownTable
        With the names there are.

    Examples
    --------
    >>> table_named("results").layer
    'gold'
    """
    for table in TABLES:
        if table.name == name:
            return table
    known = ", ".join(table.name for table in TABLES)
    raise UnknownTable(f"there is no table {name!r}; known: {known}")
