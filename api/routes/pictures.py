"""Rendered frames and thumbnails of a root, as PNG or JPEG (PS3.18 10.4.1.2)."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.dicomweb.accept import choose
from api.dicomweb.addresses import INSTANCE, SERIES, STUDY, Answers, Uid
from api.dicomweb.rendered import FORMATS, Picture, render, viewport_from, window_from
from api.dicomweb.roots import PICTURES, AnyRoot, Root
from api.errors import FramesUnavailable, NoSuchThing
from research.image_roots import RootInstance

router = APIRouter(tags=["dicomweb"])
Frame = Annotated[int, Path(ge=1)]
PICTURE: Answers = {200: {"description": "a picture", "content": {kind: {} for kind in FORMATS}}}
FRAME = f"{INSTANCE}/frames/{{frame}}"
THUMBNAIL_SIDE = 128


def asked_picture(
    request: Request,
    window: Annotated[str | None, Query(description="center,width,function")] = None,
    viewport: Annotated[str | None, Query(description="width,height")] = None,
    quality: Annotated[int, Query(ge=1, le=100)] = 90,
) -> Picture:
    """Read how a frame is to be drawn (PS3.18 8.3.5)."""
    return Picture(
        media_type=choose(request.headers.get("accept"), FORMATS),
        window=window_from(window),
        viewport=viewport_from(viewport),
        quality=quality,
    )


Asked = Annotated[Picture, Depends(asked_picture)]


@router.get(f"{INSTANCE}/rendered", response_class=Response, responses=PICTURE)
def render_instance(
    study: Uid, series: Uid, instance: Uid, root: AnyRoot, picture: Asked
) -> Response:
    """Draw an instance's first frame, with its own window or the one asked for."""
    (found,) = root.find(study=study, series=series, instance=instance)
    return _drawn(root, found, 1, picture)


@router.get(f"{FRAME}/rendered", response_class=Response, responses=PICTURE)
def render_frame(
    study: Uid, series: Uid, instance: Uid, frame: Frame, root: AnyRoot, picture: Asked
) -> Response:
    """Draw one frame."""
    (found,) = root.find(study=study, series=series, instance=instance)
    return _drawn(root, found, frame, picture)


@router.get(f"{STUDY}/thumbnail", response_class=Response, responses=PICTURE)
def draw_study_thumbnail(study: Uid, root: AnyRoot, request: Request) -> Response:
    """Draw a small picture of a study: the middle of its first series that has frames."""
    return _thumbnail(root, request, root.find(study=study))


@router.get(f"{SERIES}/thumbnail", response_class=Response, responses=PICTURE)
def draw_series_thumbnail(study: Uid, series: Uid, root: AnyRoot, request: Request) -> Response:
    """Draw a small picture of a series: its middle instance."""
    return _thumbnail(root, request, root.find(study=study, series=series))


@router.get(f"{INSTANCE}/thumbnail", response_class=Response, responses=PICTURE)
def draw_instance_thumbnail(
    study: Uid, series: Uid, instance: Uid, root: AnyRoot, request: Request
) -> Response:
    """Draw a small picture of an instance: its middle frame."""
    return _thumbnail(root, request, root.find(study=study, series=series, instance=instance))


def _thumbnail(root: Root, request: Request, found: Sequence[RootInstance]) -> Response:
    shown = [instance for instance in found if instance.frames]
    if not shown:
        raise FramesUnavailable("there are no frames to draw here")
    first = [instance for instance in shown if instance.series_uid == shown[0].series_uid]
    middle = first[len(first) // 2]
    picture = Picture(
        media_type=choose(request.headers.get("accept"), FORMATS),
        viewport=(THUMBNAIL_SIDE, THUMBNAIL_SIDE),
        quality=80,
    )
    return _drawn(root, middle, (middle.frames + 1) // 2, picture)


def _drawn(root: Root, instance: RootInstance, frame: int, picture: Picture) -> Response:
    """Draw a frame, or give the drawing that is remembered of the same pixels and window."""
    if not 1 <= frame <= instance.frames:
        raise NoSuchThing("no such frame")
    image = root.stored(instance)
    body = PICTURES.get(
        (root.prefix, instance.sha256, frame, picture),
        lambda: render(image, image.header(), frame, picture),
    )
    return Response(body, media_type=picture.media_type)
