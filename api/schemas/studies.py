"""Images as they are browsed: studies and their series."""

from datetime import datetime

from pydantic import Field

from api.schemas.wire import Wire


class SeriesView(Wire):
    """One series and whether a browser can show it."""

    series_uid: str
    modality: str
    description: str
    number: int | None
    body_part: str
    instances: int
    frames: int
    displayable: bool = Field(description="has frames the rendered and frames routes can serve")


class StudyView(Wire):
    """One study, the subject and visit it is linked to, and its series."""

    study_uid: str
    description: str
    subject_code: str | None
    visit_code: str | None
    visit_label: str | None
    modalities: tuple[str, ...]
    instances: int
    frames: int
    received_at: datetime | None
    thumbnail_url: str | None
    series: tuple[SeriesView, ...]


class StudyPage(Wire):
    """A page of studies, newest first."""

    dicomweb: str = Field(description="the project's DICOMweb root")
    total: int
    offset: int
    limit: int
    studies: tuple[StudyView, ...]
