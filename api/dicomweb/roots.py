"""One DICOMweb root as a request meets it: the images it serves, and where it lies."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from pydicom.dataset import Dataset

from api.dicomweb.blinding import blinded
from api.dicomweb.dicom_json import dumps, header_json
from api.dicomweb.memory import ByteMemory
from api.dicomweb.pixels import StoredImage
from api.errors import NoSuchThing
from api.work import SignedIn, Work
from ingest.prepare import where_frames_were
from research import image_roots
from research.ids import ProjectId
from research.image_roots import ImageRoot, RootInstance

METADATA = ByteMemory(96 << 20)
PICTURES = ByteMemory(32 << 20)


@dataclass(frozen=True)
class Root:
    """What one address serves to one caller."""

    work: Work
    images: ImageRoot
    prefix: str

    def find(
        self,
        *,
        study: str | None = None,
        series: str | None = None,
        instance: str | None = None,
    ) -> tuple[RootInstance, ...]:
        """Return the instances of that address, or say that there is nothing."""
        found = self.search(study=study, series=series, instance=instance)
        if not found:
            raise NoSuchThing("no such images in this root")
        return found

    def search(
        self,
        *,
        study: str | None = None,
        series: str | None = None,
        instance: str | None = None,
    ) -> tuple[RootInstance, ...]:
        """Return the instances that match, which may be none."""
        with self.work.looking() as act:
            return image_roots.instances(
                act.session,
                self.images,
                study_uid=study,
                series_uid=series,
                sop_instance_uid=instance,
            )

    def stored(self, instance: RootInstance) -> StoredImage:
        """Return where an instance's bytes and frames are."""
        header_length, frames = where_frames_were(instance.frame_offsets)
        return StoredImage(
            lake=self.work.platform.lake,
            project=self.images.project_id,
            sha256=instance.sha256,
            transfer_syntax=instance.transfer_syntax,
            header_length=header_length,
            frames=frames,
        )

    def header(self, instance: RootInstance) -> Dataset:
        """Return an instance's header as this caller may see it."""
        header = self.stored(instance).header()
        return blinded(header, self.images.label) if self.images.is_blinded else header

    def metadata(self, instance: RootInstance) -> bytes:
        """Return an instance's header as DICOM JSON; remembered for this root alone."""
        address = self.address(instance)

        def make() -> bytes:
            written = header_json(
                self.header(instance), link=lambda tag: f"{address}/bulkdata/{tag}"
            )
            if self.stored(instance).frames:
                written["7FE00010"] = {"vr": "OW", "BulkDataURI": f"{address}/bulkdata/7FE00010"}
            return dumps(written)

        return METADATA.get((self.prefix, self.images.label, instance.sha256), make)

    def address(self, instance: RootInstance) -> str:
        """Return the address of an instance below this root."""
        return (
            f"{self.prefix}/studies/{instance.study_uid}/series/{instance.series_uid}"
            f"/instances/{instance.sop_instance_uid}"
        )

    def enter(self, action: str, kind: str, uid: str) -> None:
        """Enter that a person looked, or took a copy: looking counts."""
        if self.work.actor.kind == "person":
            with self.work.changing() as act:
                act.record(self.images.project_id, action, kind, uid)


def project_prefix(project_id: str) -> str:
    """Return the DICOMweb root of a project."""
    return f"/api/projects/{project_id}/dicomweb"


def task_prefix(task_id: str) -> str:
    """Return the DICOMweb root of a task."""
    return f"/api/tasks/{task_id}/dicomweb"


def of_project(project_id: str, request: Request, work: SignedIn) -> None:
    """Serve a whole project's images to this request."""
    with work.looking() as act:
        images = image_roots.project_root(act, ProjectId(project_id))
    request.state.root = Root(work, images, project_prefix(project_id))


def of_task(task_id: str, request: Request, work: SignedIn) -> None:
    """Serve one task's images to this request."""
    with work.looking() as act:
        images = image_roots.task_root(act, task_id)
    request.state.root = Root(work, images, task_prefix(task_id))


def _root(request: Request) -> Root:
    root = request.state.root
    assert isinstance(root, Root)
    return root


AnyRoot = Annotated[Root, Depends(_root)]
