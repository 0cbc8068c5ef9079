import hashlib
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lake.errors import InvalidName, ObjectCorrupted, ObjectMissing
from lake.location import Lake
from lake.objects import has_object, open_object, put_object, read_object


def test_an_object_is_named_by_its_digest_and_read_back(lake: Lake) -> None:
    data = b"DICM" * 1000

    stored = put_object(lake, "p1", data)

    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert stored.size == 4000
    assert stored.key == f"objects/p1/{stored.sha256[:2]}/{stored.sha256}"
    assert read_object(lake, "p1", stored.sha256) == data
    with open_object(lake, "p1", stored.sha256) as file:
        assert file.read() == data


def test_the_same_bytes_twice_are_one_object(lake: Lake) -> None:
    first = put_object(lake, "p1", b"same")

    second = put_object(lake, "p1", BytesIO(b"same"))

    assert first == second
    assert len(lake.filesystem().find(lake.place("objects"))) == 1


def test_a_file_is_stored_from_where_it_stands(disk_lake: Lake) -> None:
    file = BytesIO(b"skipped" + b"kept")
    file.seek(7)

    stored = put_object(disk_lake, "p1", file)

    assert read_object(disk_lake, "p1", stored.sha256) == b"kept"


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(min_size=1, max_size=300), cut=st.data())
def test_a_range_is_the_slice_of_the_bytes(
    disk_lake: Lake, data: bytes, cut: st.DataObject
) -> None:
    offset = cut.draw(st.integers(0, len(data)))
    length = cut.draw(st.integers(0, len(data) - offset))
    stored = put_object(disk_lake, "p1", data)

    found = read_object(disk_lake, "p1", stored.sha256, offset=offset, length=length)

    assert found == data[offset : offset + length]


def test_a_range_is_read_on_both_stores(lake: Lake) -> None:
    stored = put_object(lake, "p1", bytes(range(256)))

    assert read_object(lake, "p1", stored.sha256, offset=10, length=3) == bytes([10, 11, 12])
    assert read_object(lake, "p1", stored.sha256, offset=250) == bytes(range(250, 256))


def test_a_range_past_the_end_is_refused(lake: Lake) -> None:
    stored = put_object(lake, "p1", b"short")

    with pytest.raises(ObjectCorrupted, match="ends before byte 9"):
        read_object(lake, "p1", stored.sha256, offset=2, length=7)


def test_another_project_does_not_hold_the_object(lake: Lake) -> None:
    stored = put_object(lake, "p1", b"mine")

    assert has_object(lake, "p1", stored.sha256)
    assert not has_object(lake, "p2", stored.sha256)
    with pytest.raises(ObjectMissing, match="project p2 has no object"):
        read_object(lake, "p2", stored.sha256)
    with pytest.raises(ObjectMissing, match="project p2 has no object"):
        open_object(lake, "p2", stored.sha256)


def test_changed_bytes_are_noticed(disk_lake: Lake) -> None:
    stored = put_object(disk_lake, "p1", b"original")
    Path(disk_lake.place(stored.key)).write_bytes(b"tampered")

    with pytest.raises(ObjectCorrupted, match=f"object {stored.sha256} of project p1"):
        read_object(disk_lake, "p1", stored.sha256)


@pytest.mark.parametrize("project", ["", "..", "a/b", "../p2", "p 1", "x" * 65, "-p"])
def test_a_project_id_cannot_leave_its_folder(disk_lake: Lake, project: str) -> None:
    with pytest.raises(InvalidName, match="cannot be a project id"):
        put_object(disk_lake, project, b"x")


@pytest.mark.parametrize("digest", ["", "ab", "A" * 64, "g" * 64, "../" + "0" * 61])
def test_a_digest_that_is_none_is_refused(disk_lake: Lake, digest: str) -> None:
    with pytest.raises(InvalidName, match="not a SHA-256"):
        has_object(disk_lake, "p1", digest)


class _Changing(BytesIO):
    """A file that somebody rewrites between the two times it is read."""

    passes = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self.passes += 1
        self.getbuffer()[0] = self.passes
        return super().seek(offset, whence)


def test_a_file_that_changes_while_it_is_stored_leaves_nothing(disk_lake: Lake) -> None:
    with pytest.raises(ObjectCorrupted, match="changed while it was being stored"):
        put_object(disk_lake, "p1", _Changing(b"\0 some bytes"))

    assert disk_lake.filesystem().find(disk_lake.uri) == []


def test_a_stream_that_cannot_seek_is_refused(disk_lake: Lake) -> None:
    reader, writer = os.pipe()
    os.close(writer)
    with os.fdopen(reader, "rb") as stream, pytest.raises(InvalidName, match="can seek"):
        put_object(disk_lake, "p1", stream)


_PUT_ON_A_FULL_DISK = """
import resource, signal, sys
from lake.location import Lake
from lake.objects import put_object
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
put_object(Lake(sys.argv[1]), "p1", bytes(3_000_000))
"""


def test_a_full_disk_leaves_nothing_behind(disk_lake: Lake) -> None:
    child = subprocess.run(
        [sys.executable, "-c", _PUT_ON_A_FULL_DISK, disk_lake.uri],
        capture_output=True,
        text=True,
        check=False,
    )

    assert child.returncode != 0
    assert "OSError" in child.stderr
    assert disk_lake.filesystem().find(disk_lake.uri) == []


_DIE_AT_EVENT = """
import os, sys
from lake.location import Lake
from lake.objects import put_object
lake = Lake(sys.argv[1])
put_object(lake, "p1", b"warm")
left = int(sys.argv[2])
def count(event, arguments):
    global left
    if event in ("open", "os.mkdir", "os.rename"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)
sys.addaudithook(count)
put_object(lake, "p1", bytes(3_000_000))
print("finished")
"""


def test_a_kill_at_any_step_leaves_the_whole_object_or_none(disk_lake: Lake) -> None:
    digest = hashlib.sha256(bytes(3_000_000)).hexdigest()
    killed = []
    for step in range(1, 30):
        child = subprocess.run(
            [sys.executable, "-c", _DIE_AT_EVENT, disk_lake.uri, str(step)],
            capture_output=True,
            text=True,
            check=False,
        )
        if has_object(disk_lake, "p1", digest):
            assert len(read_object(disk_lake, "p1", digest)) == 3_000_000
            Path(disk_lake.place(f"objects/p1/{digest[:2]}/{digest}")).unlink()
        if "finished" in child.stdout:
            break
        killed.append(step)

    assert len(killed) >= 3
    assert "finished" in child.stdout
