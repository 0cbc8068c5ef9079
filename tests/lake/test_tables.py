import pytest

from lake.errors import UnknownTable
from lake.tables import TABLES, Table, table_named


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_has_a_key_of_required_columns_and_knows_its_ledger_sequence(table: Table) -> None:
    assert len(set(table.column_names)) == len(table.columns)
    assert all(not table.column(name).nullable for name in table.key)
    assert not table.column("ledger_sequence").nullable
    assert not table.column("project_id").nullable
    assert all(column.meaning for column in table.columns)
    assert table.description.endswith(".")


def test_names_are_unique_and_an_unknown_one_is_refused() -> None:
    assert len({table.name for table in TABLES}) == len(TABLES)
    assert table_named("series").layer == "silver"
    with pytest.raises(UnknownTable, match="no table 'result'; known: "):
        table_named("result")


def test_results_carry_the_system_columns_of_analysis() -> None:
    wanted = (
        "project workflow_version step subject kind site cohort sex year_of_birth visit visit_day "
        "reader reader_kind position arm session repeat revision accepted read_status signed_at "
        "form_oid form_version form_digest image_set_digest model_digest ledger_sequence"
    )

    assert set(wanted.split()) <= set(table_named("results").column_names)
