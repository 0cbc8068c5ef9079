"""The ids of the research domain: random UUIDv4 text, one type per noun."""

from typing import NewType

OrganizationId = NewType("OrganizationId", str)
RepositoryId = NewType("RepositoryId", str)
ProjectId = NewType("ProjectId", str)
SiteId = NewType("SiteId", str)
SubjectId = NewType("SubjectId", str)
VisitId = NewType("VisitId", str)
WorkflowId = NewType("WorkflowId", str)
FormId = NewType("FormId", str)
TaskId = NewType("TaskId", str)
ReadId = NewType("ReadId", str)
StudyId = NewType("StudyId", str)
SeriesId = NewType("SeriesId", str)
InstanceId = NewType("InstanceId", str)
HeldItemId = NewType("HeldItemId", str)
LockId = NewType("LockId", str)
