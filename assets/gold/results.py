"""Gold: results, long: one row per answered item of every live subject's reads."""

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from assets.catalogue import judged, materialised, table_asset, table_check
from assets.exports import Exports
from assets.standing import affected, newest_sequence, standing
from assets.suites import unmet
from lake.derive import derive
from lake.location import Lake
from lake.read import arrow
from lake.tables import READS, RESULTS, SUBJECTS
from lake.write import merge

_RESULTS = """
SELECT
    reads.project_id,
    (SELECT code FROM project) AS project,
    reads.workflow_version,
    reads.step,
    reads.subject,
    reads.subject_kind AS kind,
    subjects.site,
    subjects.cohort,
    subjects.sex,
    subjects.year_of_birth,
    reads.visit,
    reads.visit_label,
    CAST(NULL AS BIGINT) AS visit_day,
    reads.reader,
    reads.reader_label,
    reads.reader_kind,
    reads.position,
    reads.arm,
    reads.session,
    reads.repeat,
    reads.read_id,
    reads.revision,
    CAST(NULL AS BOOLEAN) AS accepted,
    reads.read_status,
    reads.form_oid,
    reads.form_version,
    reads.form_digest,
    reads.image_set_digest,
    reads.signed_at,
    CAST(NULL AS VARCHAR) AS model_digest,
    reads.group_oid,
    reads.repeat_key,
    reads.item_oid,
    reads.kind AS item_kind,
    reads.value_text,
    reads.value_decimal,
    reads.value_number,
    reads.missing,
    greatest(reads.ledger_sequence, subjects.ledger_sequence) AS ledger_sequence
FROM reads
JOIN subjects USING (project_id, subject)
WHERE reads.subject_kind = 'live'
"""


def results_of(reads: pa.Table, subjects: pa.Table, *, project: str) -> pa.Table:
    """Return the results of some reads and their subjects; `project` is the project's code."""
    code = pa.table({"code": [project]})
    return derive(RESULTS, _RESULTS, {"reads": reads, "subjects": subjects, "project": code})


@table_asset(RESULTS, deps=[READS, SUBJECTS])
def results(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    exports: dg.ResourceParam[Exports],
) -> dg.MaterializeResult[None]:
    """One row per answered item with the system columns of analysis; test subjects stay out.

    Superseded revisions are kept and say so: filter on read_status for what is in force.
    """
    project = context.partition_key
    changed = affected(
        lake,
        project,
        READS,
        unit="subject",
        after=standing(lake, project, RESULTS),
        also=[SUBJECTS],
    )
    rows = results_of(
        changed, arrow(lake, project, SUBJECTS.name), project=exports.project_code(project)
    )
    sequence = min(newest_sequence(lake, project, table) for table in (READS, SUBJECTS))
    version = merge(lake, project, RESULTS.name, rows, ledger_sequence=sequence)
    return materialised(lake, project, RESULTS, version)


@table_check(RESULTS)
def results_hold_every_live_read(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Check that every answer of a live subject is here, and none of a test subject."""
    project = context.partition_key
    rows = arrow(lake, project, RESULTS.name, columns=["subject", "kind"])
    reads = arrow(lake, project, READS.name, columns=["subject", "subject_kind"])
    return judged(lost_or_foreign(rows, reads), rows=rows.num_rows)


def lost_or_foreign(results: pa.Table, reads: pa.Table) -> tuple[str, ...]:
    """Return what is wrong with which subjects' answers are in the results."""
    expected = reads.filter(pc.equal(reads["subject_kind"], "live")).num_rows
    tests = results.filter(pc.not_equal(results["kind"], "live")).num_rows
    found = (
        (tests, f"{tests} rows belong to test subjects"),
        (
            results.num_rows != expected,
            f"live subjects have {expected} answers, the table has {results.num_rows}",
        ),
    )
    return tuple(sentence for wrong, sentence in found if wrong)


@table_check(RESULTS, last=True)
def results_keep_their_contract(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Check the Great Expectations suite of the documented contract."""
    rows = arrow(lake, context.partition_key, RESULTS.name)
    return judged(unmet(RESULTS.name, rows), rows=rows.num_rows)
