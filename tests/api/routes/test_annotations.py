"""Drawing on a task through the api: kept with its answer, measured by the server, never leaked."""

import io
import json
import math
from uuid import uuid4

import httpx
import numpy as np
import pydicom
import pytest

from research.annotations.masks import runs_of
from tests.api.routes.test_tasks import grant_for, pass_qc
from tests.api.running import Running
from tests.examples.files import ct_file

STUDY = "1.2.826.0.1.3680043.8.498.1001"
FRAME_OF_REFERENCE = "1.2.826.0.1.3680043.8.498.77"
IMAGES = [f"{STUDY}.1.{number}" for number in (1, 2, 3)]
SIZE = {"group": "MARKED", "repeat": "", "item": "SIZE"}
REQUIRED = {"group": "OVERALL", "item": "PRESENT", "value": "true"}


def arrive(world: Running, **changes: object) -> None:
    world.trial.add_subject("SUBJECT-CODE")
    placed = {"FrameOfReferenceUID": FRAME_OF_REFERENCE, **changes}
    files = [ct_file(number, subject="SUBJECT-CODE", changes=placed) for number in (1, 2, 3)]
    assert world.stow(world.machine(), files).status_code == 200
    pass_qc(world)


@pytest.fixture
def reading(world: Running) -> tuple[httpx.Client, str, Running]:
    arrive(world)
    return begun(world)


def begun(world: Running, reader: str = "reader1") -> tuple[httpx.Client, str, Running]:
    client = world.person(reader)
    (task,) = client.get("/api/tasks", params={"state": "ready"}).json()
    client.post(f"/api/tasks/{task['id']}/open")
    return client, task["id"], world


def mark(
    kind: str = "length",
    points: list[list[float]] | None = None,
    *,
    image: int = 0,
    item: dict[str, str] | None = None,
    id: str | None = None,
    **changes: object,
) -> dict[str, object]:
    place = 1.0 + image
    geometry: dict[str, object] = {
        "kind": kind,
        "space": "patient",
        "frame_of_reference": FRAME_OF_REFERENCE,
        "parts": [
            {
                "instance": IMAGES[image],
                "frame": 1,
                "points": points or [[1, 1, place], [4, 5, place]],
            }
        ],
    }
    return {
        "id": id or str(uuid4()),
        "geometry": {**geometry, **changes},
        "item": item,
        "viewer_build": "0.1.0",
    }


def save(client: httpx.Client, task: str, draft: int, **body: object) -> httpx.Response:
    return client.patch(f"/api/tasks/{task}/draft", json=body, headers={"If-Match": f'"{draft}"'})


def test_a_drawn_length_is_measured_kept_and_becomes_the_answer(any_world: Running) -> None:
    arrive(any_world)
    reader, task, _ = begun(any_world)
    drawn = mark(item=SIZE)

    saved = save(reader, task, 0, annotations=[drawn])

    assert saved.status_code == 200, saved.text
    assert saved.json()["annotations"][0]["metrics"] == {"length": "5.00"}
    answers = {one["item"]: one["value"] for one in saved.json()["answers"]}
    assert answers == {"SIZE": "5.00"}
    listed = reader.get(f"/api/tasks/{task}/annotations").json()
    assert listed["draft"] == 1
    assert listed["annotations"][0]["id"] == drawn["id"]
    assert listed["annotations"][0]["geometry"]["parts"][0]["points"] == [[1, 1, 1], [4, 5, 1]]
    assert listed["annotations"][0]["calibration"] == "patient"


def test_another_number_than_the_mark_measures_needs_a_reason(
    reading: tuple[httpx.Client, str, Running],
) -> None:
    reader, task, _ = reading
    drawn = mark(item=SIZE)

    wrong = save(reader, task, 0, changes=[{**SIZE, "value": "6"}], annotations=[drawn])
    reasoned = {**SIZE, "value": "6", "by_hand": "blurred edge"}
    right = save(reader, task, 0, changes=[reasoned], annotations=[drawn])
    blank = save(reader, task, 1, changes=[{**SIZE, "value": "7", "by_hand": " "}])

    assert wrong.status_code == 422
    assert "the mark measures 5.00" in wrong.text
    assert reader.get(f"/api/tasks/{task}/annotations").json()["by_hand"][0]["reason"] == (
        "blurred edge"
    )
    assert right.json()["answers"][-1]["value"] == "6"
    assert blank.status_code == 422


def test_a_typed_size_without_mark_or_reason_is_refused(
    reading: tuple[httpx.Client, str, Running],
) -> None:
    reader, task, _ = reading

    typed = save(reader, task, 0, changes=[{**SIZE, "value": "6"}])

    assert typed.status_code == 422
    assert "was typed and not drawn" in typed.text


def test_a_changed_mark_changes_the_answer_and_a_removed_one_clears_it(
    reading: tuple[httpx.Client, str, Running],
) -> None:
    reader, task, _ = reading
    drawn = mark(item=SIZE)
    save(reader, task, 0, annotations=[drawn])

    longer = mark(points=[[1, 1, 1], [7, 1, 1]], item=SIZE, id=str(drawn["id"]))
    changed = save(reader, task, 1, annotations=[longer]).json()
    removed = save(reader, task, 2, annotations=[{"id": drawn["id"]}]).json()

    assert changed["annotations"][0]["revision"] == 2
    assert [one["value"] for one in changed["answers"]] == ["6.00"]
    assert removed["answers"] == []
    assert removed["draft"] == 3


def test_a_stale_drawing_is_refused_and_nothing_is_lost(
    reading: tuple[httpx.Client, str, Running],
) -> None:
    reader, task, _ = reading
    first = mark()
    save(reader, task, 0, annotations=[first])

    stale = save(reader, task, 0, annotations=[mark()])

    assert stale.status_code == 412
    assert stale.json()["type"] == "stale_revision"
    ids = [one["id"] for one in reader.get(f"/api/tasks/{task}/annotations").json()["annotations"]]
    assert ids == [first["id"]]


def test_one_bad_drawing_refuses_the_whole_save_answers_included(
    reading: tuple[httpx.Client, str, Running],
) -> None:
    reader, task, _ = reading

    refused = save(reader, task, 0, changes=[REQUIRED], annotations=[mark(), mark("angle")])

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["message"] == "has 2 points, a angle has 3"
    assert reader.get(f"/api/tasks/{task}").json()["read"]["answers"] == []
    assert reader.get(f"/api/tasks/{task}/annotations").json()["annotations"] == []


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (mark(points=[[1, 1, 1.2], [4, 5, 1.2]]), "0.20 mm off the plane"),
        (mark(frame_of_reference="1.2.3"), "another frame of reference"),
        (
            mark(points=[[1, 1], [4, 5]], space="image", frame_of_reference=None),
            "send it in millimetres",
        ),
        (mark(points=[[1, 1, 1], [400, 5, 1]]), "outside its image"),
        (mark(points=[[1, 1, 1], [1, 1, 1]]), "has no extent"),
        (mark(points=[[1, 1, 1], [1, 1]]), "3 coordinates"),
        (mark(points=[[1, 1, 1e9], [1, 2, 1]]), "no number within"),
        (
            mark(parts=[{"instance": "1.2.9", "points": [[1, 1, 1], [4, 5, 1]]}]),
            "not one of this task's",
        ),
        (
            mark(parts=[{"instance": IMAGES[0], "frame": 2, "points": [[1, 1, 1], [4, 5, 1]]}]),
            "has frames 1 to 1",
        ),
        ({**mark(), "id": "7"}, "not a random UUID"),
        ({**mark(), "tracking_uid": "1.02"}, "no DICOM UID"),
        (mark(item={"group": "MARKED", "item": "NOTHING"}), "not an item of this form"),
        (mark("polygon", [[1, 1, 1], [4, 5, 1], [2, 2, 1]], item=SIZE), "takes length"),
    ],
)
def test_geometry_that_lies_elsewhere_is_refused_in_words(
    reading: tuple[httpx.Client, str, Running], drawn: dict[str, object], words: str
) -> None:
    reader, task, _ = reading

    refused = save(reader, task, 0, annotations=[drawn])

    assert refused.status_code == 422, refused.text
    assert words in refused.text


def test_infinite_coordinates_and_too_many_points_never_reach_a_draft(
    reading: tuple[httpx.Client, str, Running],
) -> None:
    reader, task, _ = reading
    many = [[math.cos(at), math.sin(at), 1.0] for at in range(10_001)]

    for points in ("[[1e400, 1, 1], [1, 2, 1]]", "[[NaN, 1, 1], [1, 2, 1]]"):
        body = json.dumps({"annotations": [mark()]}).replace("[[1, 1, 1], [4, 5, 1]]", points)
        body = body.replace("[[1, 1, 1.0], [4, 5, 1.0]]", points)
        answer = reader.patch(
            f"/api/tasks/{task}/draft",
            content=body,
            headers={"If-Match": '"0"', "Content-Type": "application/json"},
        )
        assert answer.status_code in (400, 422), answer.text
    assert save(reader, task, 0, annotations=[mark("polyline", many)]).status_code == 422


def test_without_pixel_spacing_there_is_no_millimetre(world: Running) -> None:
    arrive(world, PixelSpacing=None, ImagerPixelSpacing=[0.2, 0.2])
    reader, task, _ = begun(world)
    drawn = mark(points=[[1, 1], [4, 5]], item=SIZE, space="image", frame_of_reference=None)

    saved = save(reader, task, 0, annotations=[drawn]).json()
    typed = save(reader, task, 1, changes=[{**SIZE, "value": "5"}])

    assert saved["annotations"][0]["unit"] == "px"
    assert saved["annotations"][0]["calibration"] == "detector"
    assert saved["answers"] == []
    assert "cannot be measured in millimetres" in typed.text


def test_another_readers_annotations_do_not_exist(
    reading: tuple[httpx.Client, str, Running],
) -> None:
    reader, task, world = reading
    save(reader, task, 0, annotations=[mark()])
    other = world.person("reader2")
    unknown = other.get(f"/api/tasks/{uuid4()}/annotations")

    for way in ("", "/sr", "/seg", "/rtstruct"):
        answer = other.get(f"/api/tasks/{task}/annotations{way}")
        assert answer.status_code == 404
        assert answer.json()["type"] == unknown.json()["type"]
        assert IMAGES[0] not in answer.text
    assert save(other, task, 1, annotations=[mark()]).status_code == 404


def test_after_signing_nothing_is_drawn_and_the_signature_covers_the_geometry(
    reading: tuple[httpx.Client, str, Running],
) -> None:
    reader, task, _ = reading
    drawn = mark(item=SIZE)
    saved = save(reader, task, 0, changes=[REQUIRED], annotations=[drawn]).json()
    match = {"If-Match": f'"{saved["draft"]}"'}
    first = reader.post(f"/api/tasks/{task}/submit", headers=match).json()
    reader.post(f"/api/tasks/{task}/reopen")
    moved = mark(points=[[2, 1, 1], [5, 5, 1]], item=SIZE, id=str(drawn["id"]))
    again = save(reader, task, saved["draft"], annotations=[moved]).json()
    match = {"If-Match": f'"{again["draft"]}"'}
    second = reader.post(f"/api/tasks/{task}/submit", headers=match).json()
    read = reader.get(f"/api/tasks/{task}").json()["read"]
    grant = grant_for(reader, read["id"], second["record_digest"]).json()["grant"]
    signed = reader.post(f"/api/tasks/{task}/sign", json={"grant": grant})

    late = save(reader, task, again["draft"], annotations=[mark()])

    assert signed.is_success, signed.text
    assert first["record_digest"] != second["record_digest"], "5.00 mm elsewhere is another record"
    assert late.status_code == 409
    assert len(reader.get(f"/api/tasks/{task}/annotations").json()["annotations"]) == 1


def test_spots_and_a_painted_region_are_answers_of_their_own(
    reading: tuple[httpx.Client, str, Running],
) -> None:
    reader, task, _ = reading
    spots = [
        mark("point", [[1, 1, 1]], item={"group": "MARKED", "item": "SPOTS"}) for _ in range(2)
    ]
    voxels = np.zeros((16, 16), dtype=bool)
    voxels[3:5, 4:9] = True
    painted = {"instance": IMAGES[1], "frame": 1, "runs": runs_of(voxels)}
    region = mark("mask", parts=[painted], item={"group": "MARKED", "item": "REGION"})

    saved = save(reader, task, 0, annotations=[*spots, region])

    assert saved.status_code == 200, saved.text
    answers = {one["item"]: one["value"] for one in saved.json()["answers"]}
    assert sorted(answers["SPOTS"].split()) == sorted(str(one["id"]) for one in spots)
    assert answers["REGION"] == region["id"]
    metrics = next(one for one in saved.json()["annotations"] if one["id"] == region["id"])
    assert metrics["metrics"] == {"area": "2.50"}
    third = mark("point", [[2, 1, 1]], item={"group": "MARKED", "item": "SPOTS"})
    assert "more marks than 2" in save(reader, task, 1, annotations=[third]).text


def test_a_key_image_is_one_of_the_task(reading: tuple[httpx.Client, str, Running]) -> None:
    reader, task, _ = reading
    key = {"group": "MARKED", "item": "KEY"}

    good = save(reader, task, 0, changes=[{**key, "value": f"image:{IMAGES[2]}#1"}])
    strange = save(reader, task, 1, changes=[{**key, "value": "image:1.2.3#1"}])

    assert good.status_code == 200, good.text
    assert strange.status_code == 422
    assert "is no image of this task" in strange.text


def test_a_read_leaves_as_report_segmentation_and_structure_set(
    reading: tuple[httpx.Client, str, Running],
) -> None:
    reader, task, _ = reading
    outline = [[1, 1, 1], [5, 1, 1], [5, 4, 1], [1, 4, 1]]
    save(reader, task, 0, annotations=[mark(), mark("polygon", outline)])
    label = reader.get(f"/api/tasks/{task}").json()["label"]

    for form, modality in (("sr", "SR"), ("seg", "SEG"), ("rtstruct", "RTSTRUCT")):
        answer = reader.get(f"/api/tasks/{task}/annotations/{form}")
        assert answer.status_code == 200, answer.text
        assert f'filename="{label}-{form}.dcm"' in answer.headers["content-disposition"]
        made = pydicom.dcmread(io.BytesIO(answer.content))
        assert made.Modality == modality
        assert made.PatientID == label
        assert b"SUBJECT-CODE" not in answer.content
        assert b"Reader1" not in answer.content
    assert reader.get(f"/api/tasks/{task}/annotations/csv").status_code == 422


def test_a_models_report_becomes_a_read_of_its_own_that_no_reader_meets(
    reading: tuple[httpx.Client, str, Running],
) -> None:
    reader, task, world = reading
    save(reader, task, 0, annotations=[mark()])
    sent = reader.get(f"/api/tasks/{task}/annotations/sr").content
    where = {
        "subject": "SUBJECT-CODE", "visit": "BL", "step": "READ", "form": "LESIONS",
        "form_version": "1.0.0", "model": "finder 1.2.0",
    }  # fmt: skip
    headers = {"Content-Type": "application/dicom"}
    model = world.machine("Model")

    taken = model.post(f"{world.project}/annotations", params=where, content=sent, headers=headers)
    again = model.post(f"{world.project}/annotations", params=where, content=sent, headers=headers)
    broken = model.post(
        f"{world.project}/annotations", params={**where, "model": "other"}, content=b"no",
        headers=headers,
    )  # fmt: skip
    by_reader = reader.post(
        f"{world.project}/annotations", params=where, content=sent, headers=headers
    )

    assert taken.status_code == 201, taken.text
    assert taken.json()["annotations"] == 1
    assert again.status_code == 409
    assert broken.status_code == 422
    assert by_reader.status_code == 403
    assert len(reader.get(f"/api/tasks/{task}/annotations").json()["annotations"]) == 1


def test_qc_may_draw_too_and_its_marks_stay_its_own(world: Running) -> None:
    world.trial.add_subject("SUBJECT-CODE")
    files = [
        ct_file(n, subject="SUBJECT-CODE", changes={"FrameOfReferenceUID": FRAME_OF_REFERENCE})
        for n in (1, 2, 3)
    ]
    world.stow(world.machine(), files)
    qc = world.person("qc")
    (task,) = qc.get("/api/tasks", params={"state": "ready"}).json()
    qc.post(f"/api/tasks/{task['id']}/open")

    saved = save(qc, task["id"], 0, annotations=[mark()])

    assert saved.status_code == 200, saved.text
