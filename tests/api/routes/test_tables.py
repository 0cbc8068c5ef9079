"""Tables of the lake as pages and CSV at a version, and locks over them."""

import csv
import io
from collections.abc import Iterator
from urllib.parse import unquote

import httpx
import pytest

from accounts.ledger.checkpoints import latest
from accounts.ledger.log import entries
from lake.schemas import arrow_rows
from lake.tables import LEDGER_ENTRIES, table_named
from lake.write import overwrite
from tests.api.running import Running, signing
from tests.lake.entry_rows import entry_rows

TABLE = "reader_agreement"
ITEMS = ("A", 'B,"quoted"', "C=1+1", "é\nline")


@pytest.fixture(scope="module", autouse=True)
def signed(shared_world: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with signing(shared_world, tmp_path_factory.mktemp("signed")):
        yield


@pytest.fixture(scope="module")
def browser(shared_world: Running) -> httpx.Client:
    """A statistician's browser, with two versions of one table in the lake."""
    for sequence, items in ((5, ITEMS[:1]), (9, ITEMS)):
        write(shared_world, TABLE, [agreement(shared_world, item, sequence) for item in items])
    overwrite(
        shared_world.lake,
        shared_world.trial.project,
        LEDGER_ENTRIES.name,
        entry_rows(0, 9),
        ledger_sequence=9,
    )
    return shared_world.person("statistician")


def write(world: Running, table: str, records: list[dict[str, object]]) -> None:
    sequence = records[0]["ledger_sequence"]
    assert isinstance(sequence, int)
    overwrite(
        world.lake,
        world.trial.project,
        table,
        arrow_rows(table_named(table), records),
        ledger_sequence=sequence,
    )


def agreement(world: Running, item: str, sequence: int) -> dict[str, object]:
    return {
        "project_id": world.trial.project,
        "step": "READ",
        "form_oid": "LESIONS",
        "group_oid": "OVERALL",
        "item_oid": item,
        "reader_a": "all",
        "reader_b": "all",
        "coefficient": "gwet_ac",
        "n_units": 20,
        "n_readers": 2,
        "value": 0.1 if item == "A" else None,
        "method": "Gwet AC1",
        "ledger_sequence": sequence,
    }


def rows_of(browser: httpx.Client, world: Running, **query: object) -> httpx.Response:
    return browser.get(f"{world.project}/tables/{TABLE}/rows", params=query)  # type: ignore[arg-type]


def test_tables_are_listed_with_contract_and_newest_version(
    shared_world: Running, browser: httpx.Client
) -> None:
    tables = {t["name"]: t for t in browser.get(f"{shared_world.project}/tables").json()}

    written, unwritten = tables[TABLE], tables["results"]
    assert (written["version"], written["rows"], written["ledger_sequence"]) == (1, 4, 9)
    assert (unwritten["version"], unwritten["rows"]) == (None, 0)
    assert {"name", "type", "unit", "meaning", "nullable"} == set(written["columns"][0])
    assert written["layer"] == "gold"


def test_who_may_not_view_the_ledger_has_no_ledger_table(
    shared_world: Running, browser: httpx.Client
) -> None:
    inspector = shared_world.person("inspector")
    path = f"{shared_world.project}/tables/ledger_entries/rows"

    names = [table["name"] for table in browser.get(f"{shared_world.project}/tables").json()]
    refused, shown = browser.get(path), inspector.get(path)

    assert "ledger_entries" not in names
    assert (refused.status_code, shown.status_code) == (403, 200)


def test_versions_are_listed_newest_first(shared_world: Running, browser: httpx.Client) -> None:
    versions = browser.get(f"{shared_world.project}/tables/{TABLE}/versions").json()

    assert [(v["version"], v["rows"], v["ledger_sequence"]) for v in versions] == [
        (1, 4, 9),
        (0, 1, 5),
    ]


def test_rows_are_read_at_a_version(shared_world: Running, browser: httpx.Client) -> None:
    newest = rows_of(browser, shared_world).json()
    first = rows_of(browser, shared_world, version=0).json()

    assert (newest["version"], newest["total"], newest["ledger_sequence"]) == (1, 4, 9)
    assert (first["version"], first["total"], len(first["rows"])) == (0, 1, 1)
    assert first["rows"][0]["value"] == 0.1
    assert list(first["rows"][0]) == first["columns"]


def test_rows_are_filtered_sorted_and_paged(shared_world: Running, browser: httpx.Client) -> None:
    chosen = rows_of(
        browser,
        shared_world,
        columns="item_oid,value",
        sort="-item_oid",
        filter=["item_oid:ne:A", "value:missing:true"],
        limit=2,
    ).json()

    assert chosen["total"] == 3
    assert [row["item_oid"] for row in chosen["rows"]] == ["é\nline", "C=1+1"]
    assert chosen["columns"] == ["item_oid", "value"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"columns": "nothing"}, 422),
        ({"sort": "nothing"}, 422),
        ({"filter": "item_oid"}, 400),
        ({"filter": "item_oid:like:x"}, 400),
        ({"filter": "n_units:eq:many"}, 422),
        ({"filter": 'item_oid" OR 1=1 --:eq:x'}, 422),
        ({"version": 99}, 404),
        ({"limit": 5001}, 422),
        ({"offset": -1}, 422),
    ],
)
def test_a_question_the_table_cannot_answer_is_refused(
    shared_world: Running, browser: httpx.Client, query: dict[str, object], status: int
) -> None:
    assert rows_of(browser, shared_world, **query).status_code == status


@pytest.mark.parametrize("name", ["nothing", "../secrets", "results"])
def test_a_table_that_is_not_there_is_not_found(
    shared_world: Running, browser: httpx.Client, name: str
) -> None:
    answer = browser.get(f"{shared_world.project}/tables/{name}/rows")

    assert answer.status_code == 404


@pytest.mark.req("R-COPY")
def test_the_csv_holds_the_rows_of_the_version_as_they_are(
    shared_world: Running, browser: httpx.Client
) -> None:
    newest = browser.get(f"{shared_world.project}/tables/{TABLE}.csv")
    first = browser.get(f"{shared_world.project}/tables/{TABLE}.csv", params={"version": 0})

    lines = list(csv.DictReader(io.StringIO(newest.text, newline="")))
    assert newest.headers["content-type"] == "text/csv; charset=utf-8"
    assert newest.headers["content-disposition"] == f'attachment; filename="{TABLE}-v1.csv"'
    assert sorted(line["item_oid"] for line in lines) == sorted(ITEMS)
    assert {line["value"] for line in lines} == {"0.1", ""}
    assert newest.text.startswith("project_id,step,")
    assert unquote(newest.headers["x-readout-checkpoint"]).count(shared_world.trial.project) == 1
    assert "\r\n" in newest.text
    assert len(list(csv.reader(io.StringIO(first.text, newline="")))) == 2


def test_taking_a_table_out_is_an_entry_and_needs_its_own_right(
    shared_world: Running, browser: httpx.Client
) -> None:
    browser.get(f"{shared_world.project}/tables/{TABLE}.csv", params={"version": 0})
    viewer = shared_world.person("inspector").get(f"{shared_world.project}/tables/{TABLE}.csv")

    with shared_world.trial.database.reading() as session:
        entry = entries(session, shared_world.trial.project, action="exported")[-1]
        newest = latest(session, shared_world.trial.project)
    assert newest is not None
    assert newest.size > entry.sequence
    assert entry.object_id == TABLE
    assert entry.after == {"version": 0, "ledger_sequence": 5}
    assert viewer.status_code == 403


def test_a_reader_sees_no_table(shared_world: Running, browser: httpx.Client) -> None:
    reader = shared_world.person("reader1")

    for path in (
        "tables",
        f"tables/{TABLE}/rows",
        f"tables/{TABLE}/versions",
        f"tables/{TABLE}.csv",
    ):
        assert reader.get(f"{shared_world.project}/{path}").status_code == 403


@pytest.mark.req("R-LOCKDB")
def test_a_lock_pins_every_table_and_says_when_a_file_changed(
    shared_world: Running, browser: httpx.Client
) -> None:
    manager = shared_world.person("manager")

    made = manager.post(f"{shared_world.project}/locks", json={"name": "Interim 1"})
    again = manager.post(f"{shared_world.project}/locks", json={"name": "Interim 1"})
    listed = browser.get(f"{shared_world.project}/locks").json()
    whole = browser.get(f"{shared_world.project}/locks/{made.json()['id']}").json()
    spoil(shared_world)
    spoiled = browser.get(f"{shared_world.project}/locks/{made.json()['id']}").json()

    assert made.status_code == 201
    assert again.status_code == 409
    assert listed == [made.json()]
    assert made.json()["made_by"] == "Manager"
    assert [(t["table"], t["version"], t["rows"]) for t in whole["tables"]] == [
        ("ledger_entries", 0, 10),
        (TABLE, 1, 4),
    ]
    assert whole["problems"] == []
    assert TABLE in spoiled["problems"][0]


def test_a_lock_needs_its_own_right_and_something_to_lock(world: Running) -> None:
    refused = world.person("statistician").post(f"{world.project}/locks", json={"name": "x"})
    empty = world.person("manager").post(f"{world.project}/locks", json={"name": "x"})

    assert (refused.status_code, empty.status_code) == (403, 422)


def test_a_lock_that_is_not_there_is_not_found(
    shared_world: Running, browser: httpx.Client
) -> None:
    answer = browser.get(f"{shared_world.project}/locks/00000000-0000-4000-8000-000000000000")

    assert answer.status_code == 404


def spoil(world: Running) -> None:
    """Change one byte of a file of the newest version."""
    from lake.snapshots import snapshot

    (file,) = snapshot(world.lake, world.trial.project, TABLE).files
    with open(file.uri, "r+b") as opened:
        opened.seek(10)
        opened.write(b"\x00\x01\x02")
