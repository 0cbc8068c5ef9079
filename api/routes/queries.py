"""QIDO-RS: searching a root for studies, series and instances (PS3.18 10.6)."""

import json

from fastapi import APIRouter, Request, Response

from api.dicomweb.addresses import DICOM_JSON, MATCHES, SERIES, STUDY, Uid
from api.dicomweb.dicom_json import dumps
from api.dicomweb.query import Found, instance_rows, page, parse_query, series_rows, study_rows
from api.dicomweb.roots import AnyRoot, Root
from research.image_roots import RootInstance

router = APIRouter(tags=["dicomweb"])
DATES = ("00080020", "00080030", "00080050", "00200010", "00100030", "00100040")


@router.get("/studies", response_class=Response, responses=MATCHES)
def search_studies(root: AnyRoot, request: Request) -> Response:
    """Search studies by the attributes that the answer shows, with limit and offset."""
    query = parse_query(request.query_params.multi_items())
    found = root.search(study=_only(query.values.get("0020000D")))
    return _answer(page(study_rows(found, _dates(root, found), root.prefix), query))


@router.get("/series", response_class=Response, responses=MATCHES)
def search_series(root: AnyRoot, request: Request) -> Response:
    """Search all series of the root."""
    return _series(root, request, None)


@router.get(f"{STUDY}/series", response_class=Response, responses=MATCHES)
def search_study_series(study: Uid, root: AnyRoot, request: Request) -> Response:
    """Search the series of a study."""
    return _series(root, request, study)


@router.get("/instances", response_class=Response, responses=MATCHES)
def search_instances(root: AnyRoot, request: Request) -> Response:
    """Search all instances of the root."""
    return _instances(root, request, None, None)


@router.get(f"{STUDY}/instances", response_class=Response, responses=MATCHES)
def search_study_instances(study: Uid, root: AnyRoot, request: Request) -> Response:
    """Search the instances of a study."""
    return _instances(root, request, study, None)


@router.get(f"{SERIES}/instances", response_class=Response, responses=MATCHES)
def search_series_instances(study: Uid, series: Uid, root: AnyRoot, request: Request) -> Response:
    """Search the instances of a series."""
    return _instances(root, request, study, series)


def _series(root: Root, request: Request, study: str | None) -> Response:
    query = parse_query(request.query_params.multi_items())
    return _answer(page(series_rows(root.search(study=study), root.prefix), query))


def _instances(root: Root, request: Request, study: str | None, series: str | None) -> Response:
    query = parse_query(request.query_params.multi_items())
    found = root.search(study=study, series=series)
    return _answer(page(instance_rows(found, root.prefix), query))


def _answer(found: list[Found]) -> Response:
    """Answer with the matches; 204 would be allowed for none, an empty list is plainer."""
    return Response(dumps(found), media_type=DICOM_JSON)


def _dates(root: Root, found: tuple[RootInstance, ...]) -> dict[str, Found]:
    """Read what the database does not hold of a study from the header of its first instance."""
    dates: dict[str, Found] = {}
    for instance in found:
        if instance.study_uid not in dates:
            header = json.loads(root.metadata(instance))
            dates[instance.study_uid] = {tag: header[tag] for tag in DATES if tag in header}
    return dates


def _only(value: str | None) -> str | None:
    """Return the UID when just one is asked for, so that the database can find it."""
    return value if value and "," not in value and "\\" not in value else None
