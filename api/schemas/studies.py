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
    instances: int
    frames: int
    displayable: bool = Field(description="has frames the rendered and frames routes can serve")


class StudyView(Wire):
    """One study, the subject and visit it is linked to, and its series."""

    study_uid: str
    subject_id: str
    subject_code: str
    visit_id: str
    visit_code: str
    visit_label: str
    modalities: tuple[str, ...]
    instances: int
    frames: int
    received_at: datetime
    thumbnail_url: str | None
    series: tuple[SeriesView, ...]


class StudyPage(Wire):
    """A page of studies, newest first."""

    total: int
    offset: int
    limit: int
    studies: tuple[StudyView, ...]
