"""Bronze: the subjects of a project, as they stand."""

from collections.abc import Iterable

import dagster as dg
import pyarrow as pa

from assets.catalogue import judged, materialised, table_asset, table_check, up_to
from assets.exports import Exports
from assets.standing import standing
from lake.location import Lake
from lake.read import arrow
from lake.schemas import arrow_rows
from lake.tables import SUBJECTS
from lake.write import merge
from research.export import SubjectExport


def subjects_of(exported: Iterable[SubjectExport]) -> pa.Table:
    """Return exported subjects as rows of the table."""
    return arrow_rows(
        SUBJECTS,
        (
            {
                "project_id": row.project_id,
                "subject": row.code,
                "subject_id": row.subject_id,
                "site": row.site_code,
                "cohort": row.cohort or None,
                "sex": row.sex,
                "year_of_birth": row.year_of_birth,
                "state": row.state,
                "ledger_sequence": row.ledger_sequence,
            }
            for row in exported
        ),
    )


@table_asset(SUBJECTS)
def subjects(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    exports: dg.ResourceParam[Exports],
) -> dg.MaterializeResult[None]:
    """One row per live subject: its code and what analysis may know of it.

    A subject that changed replaces its row; what it was before is in the earlier versions.
    """
    project = context.partition_key
    after, head = standing(lake, project, SUBJECTS), up_to(context, exports)
    rows = subjects_of(exports.subjects(project, after=after, up_to=head))
    version = merge(lake, project, SUBJECTS.name, rows, ledger_sequence=max(head, after))
    return materialised(lake, project, SUBJECTS, version)


@table_check(SUBJECTS)
def subjects_have_one_row_each(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Check that a code names one subject, and that a subject has one code."""
    rows = arrow(lake, context.partition_key, SUBJECTS.name, columns=["subject", "subject_id"])
    return judged(ambiguous(rows), rows=rows.num_rows)


def ambiguous(subjects: pa.Table) -> tuple[str, ...]:
    """Return which of code and id stand more than once."""
    return tuple(
        f"{subjects.num_rows - distinct} rows share their {name} with another"
        for name in ("subject", "subject_id")
        if (distinct := len(subjects[name].unique())) != subjects.num_rows
    )
