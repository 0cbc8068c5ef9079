"""Where the frames of stored images lie: their headers, read by range and remembered."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from sqlalchemy.orm import Session

from api.dicomweb.pixels import StoredImage
from api.work import Work
from ingest.prepare import where_frames_were
from research import image_roots
from research.annotations.placement import Planes
from research.annotations.planes import ImagePlane, planes_of
from research.image_roots import ImageRoot, RootInstance

MOST_REMEMBERED = 20_000


class _Memory:
    """The planes of the images that were drawn on lately; an object's bytes never change."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[ImagePlane, ...]] = OrderedDict()
        self._lock = Lock()

    def get(
        self, key: tuple[str, str], make: Callable[[], tuple[ImagePlane, ...]]
    ) -> tuple[ImagePlane, ...]:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > MOST_REMEMBERED:
                self._kept.popitem(last=False)
        return made


PLANES = _Memory()


def planes_in(work: Work, session: Session, root: ImageRoot) -> Planes:
    """Return the planes of a root's instances; an instance outside the root has none."""
    asked: dict[str, tuple[ImagePlane, ...] | None] = {}

    def planes(sop_instance_uid: str) -> tuple[ImagePlane, ...] | None:
        if sop_instance_uid not in asked:
            asked[sop_instance_uid] = look_up(sop_instance_uid)
        return asked[sop_instance_uid]

    def look_up(sop_instance_uid: str) -> tuple[ImagePlane, ...] | None:
        found = image_roots.instances(session, root, sop_instance_uid=sop_instance_uid)
        if not found:
            return None
        instance = found[0]
        return PLANES.get(
            (root.project_id, instance.sha256),
            lambda: planes_of(stored_image(work, root, instance).header()),
        )

    return planes


def stored_image(work: Work, root: ImageRoot, instance: RootInstance) -> StoredImage:
    """Return where an instance's bytes and frames are."""
    header_length, frames = where_frames_were(instance.frame_offsets)
    return StoredImage(
        lake=work.platform.lake,
        project=root.project_id,
        sha256=instance.sha256,
        transfer_syntax=instance.transfer_syntax,
        header_length=header_length,
        frames=frames,
    )
