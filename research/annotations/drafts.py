"""Drawing on a draft: annotations put, changed and removed with the answers they belong to."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete

from accounts.acts import Act
from accounts.vault import Recordable
from research.annotations.geometry import Geometry, GeometryRefused, checked
from research.annotations.measured_answers import check_plane
from research.annotations.metrics import measured
from research.annotations.placement import Planes, placed
from research.annotations.rows import (
    Annotation,
    AnnotationRow,
    AuthorKind,
    annotations_of,
    by_id,
    commitment,
    row_of,
)
from research.ecrf.answer import ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.items.item import ItemDefinition
from research.errors import Invalid, Problem
from research.read_records import ReadRow

MAX_ANNOTATIONS = 5_000
MAX_LABEL = 500
MAX_BUILD = 100
UID = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What a client says of one annotation; without a geometry it is removed."""

    id: str
    geometry: Geometry | None = None
    label: str = ""
    tracking_uid: str = ""
    item: ItemKey | None = None
    viewer_build: str = ""


@dataclass(frozen=True)
class Author:
    """Who drew: a person, or a model."""

    kind: AuthorKind
    id: str


@dataclass(frozen=True)
class Drawn:
    """A draft's annotations after a save, and how the ledger states what changed."""

    annotations: Mapping[str, Annotation]
    changed: tuple[str, ...]
    before: Mapping[str, Recordable]
    after: Mapping[str, Recordable]


def draw(
    act: Act,
    read: ReadRow,
    form: FormDefinition | None,
    drawings: Sequence[Drawing],
    *,
    planes: Planes,
    author: Author,
) -> Drawn:
    """Put drawings onto a read that is being worked on: all of them or none.

    The caller has locked the read and enters the change; nothing here decides who may draw.
    """
    assert read.status in ("draft", "imported"), f"read {read.id} is {read.status}: it is closed"
    known = by_id(annotations_of(act.session, read.id))
    _refuse_twice(drawings)
    result = dict(known)
    problems: list[Problem] = []
    for drawing in drawings:
        before = known.get(drawing.id)
        if drawing.geometry is None:
            result.pop(drawing.id, None)
            continue
        try:
            result[drawing.id] = _annotation(act, form, drawing, before, planes, author)
        except GeometryRefused as refusal:
            problems.append(Problem(f"annotations/{drawing.id}", str(refusal)))
    if len(result) > MAX_ANNOTATIONS:
        problems.append(
            Problem("annotations", f"would be {len(result)}, a read has {MAX_ANNOTATIONS} at most")
        )
    if problems:
        raise Invalid("some annotations are not acceptable: nothing was saved", tuple(problems))
    changed = tuple(
        id for id in {drawing.id: None for drawing in drawings} if known.get(id) != result.get(id)
    )
    before_words = {_name(id): _stated(read, known.get(id)) for id in changed}
    _store(act, read, result, changed)
    after_words = {_name(id): _stated(read, result.get(id)) for id in changed}
    return Drawn(result, changed, before_words, after_words)


def _annotation(
    act: Act,
    form: FormDefinition | None,
    drawing: Drawing,
    before: Annotation | None,
    planes: Planes,
    author: Author,
) -> Annotation:
    """Check and measure one drawing; what did not change keeps its revision and its times."""
    assert drawing.geometry is not None
    _check_words(form, drawing)
    geometry = checked(drawing.geometry)
    lies_on = placed(geometry, planes)
    metrics = measured(geometry, lies_on)
    check_plane(_item(form, drawing.item), lies_on.values())
    annotation = Annotation(
        id=drawing.id,
        geometry=geometry,
        metrics=metrics,
        label=drawing.label,
        tracking_uid=drawing.tracking_uid or tracking_uid_of(drawing.id),
        item=drawing.item,
        author_kind=author.kind,
        author_id=author.id,
        viewer_build=drawing.viewer_build,
        revision=1,
        created_at=act.now,
        changed_at=act.now,
    )
    if before is None:
        return annotation
    kept = replace(
        annotation,
        revision=before.revision,
        created_at=before.created_at,
        changed_at=before.changed_at,
        viewer_build=before.viewer_build,
    )
    if kept == before:
        return before
    return replace(annotation, revision=before.revision + 1, created_at=before.created_at)


def tracking_uid_of(annotation_id: str) -> str:
    """Return the UID that stands for an annotation which names no lesion (PS3.5 B.2)."""
    return f"2.25.{uuid.UUID(annotation_id).int}"


def _check_words(form: FormDefinition | None, drawing: Drawing) -> None:
    if not _is_random_id(drawing.id):
        raise GeometryRefused("has an id that is not a random UUID (version 4, lower case)")
    if len(drawing.label) > MAX_LABEL or any(ord(char) < 32 for char in drawing.label):
        raise GeometryRefused(f"has a label of more than {MAX_LABEL} characters or with breaks")
    if len(drawing.viewer_build) > MAX_BUILD:
        raise GeometryRefused(f"names a viewer build of more than {MAX_BUILD} characters")
    uid = drawing.tracking_uid
    if uid and (len(uid) > 64 or not UID.fullmatch(uid)):
        raise GeometryRefused("has a tracking UID that is no DICOM UID")
    if drawing.item is not None and _item(form, drawing.item) is None:
        raise GeometryRefused(f"belongs to {drawing.item}, which is not an item of this form")


def _item(form: FormDefinition | None, key: ItemKey | None) -> ItemDefinition | None:
    """Return the item an annotation answers, if the form has it and it is answered by drawing."""
    found = form.items_by_key.get((key.group, key.item)) if form and key else None
    if found is None or key is None or bool(found[0].repeats) != bool(key.repeat):
        return None
    return found[1]


def _is_random_id(text: str) -> bool:
    try:
        parsed = uuid.UUID(text)
    except ValueError:
        return False
    return parsed.version == 4 and str(parsed) == text


def _refuse_twice(drawings: Sequence[Drawing]) -> None:
    if len(drawings) > MAX_ANNOTATIONS:
        raise Invalid(f"{len(drawings)} drawings at once are too many: send {MAX_ANNOTATIONS}")
    ids = [drawing.id for drawing in drawings]
    if len(set(ids)) < len(ids):
        raise Invalid("one annotation is named twice in one save: nothing was saved")


def _store(
    act: Act, read: ReadRow, annotations: Mapping[str, Annotation], changed: Sequence[str]
) -> None:
    for id in changed:
        act.session.execute(
            delete(AnnotationRow).where(AnnotationRow.read_id == read.id, AnnotationRow.id == id)
        )
    act.session.add_all(row_of(read.id, annotations[id]) for id in changed if id in annotations)
    act.session.flush()


def _stated(read: ReadRow, annotation: Annotation | None) -> Recordable:
    if annotation is None:
        return None
    return {
        "kind": annotation.geometry.kind,
        "revision": annotation.revision,
        "commitment": commitment(read.salt, row_of(read.id, annotation)),
    }


def _name(id: str) -> str:
    return f"annotation/{id}"
