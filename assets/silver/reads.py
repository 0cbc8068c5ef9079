"""Silver: one row per answered item, with the whole read key and what is in force."""

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from assets.catalogue import judged, materialised, table_asset, table_check
from assets.standing import affected, newest_sequence, standing
from lake.derive import derive
from lake.location import Lake
from lake.read import arrow
from lake.tables import ANSWERS, READS
from lake.write import merge

# A read is told from another by these; its revisions follow one another.
READ_KEY = (
    "subject",
    "visit",
    "step",
    "workflow_version",
    "reader",
    "arm",
    "session",
    "repeat",
)

_READS = """
WITH revisions AS (
    SELECT
        read_id,
        {key},
        revision,
        max(ledger_sequence) AS made_at
    FROM answers
    GROUP BY read_id, {key}, revision
),
successions AS (
    SELECT
        read_id,
        lead(made_at) OVER (PARTITION BY {key} ORDER BY revision) AS superseded_at
    FROM revisions
)
SELECT
    answers.* EXCLUDE (status, ledger_sequence),
    CASE WHEN superseded_at IS NULL THEN status ELSE 'superseded' END AS read_status,
    superseded_at IS NULL AS in_force,
    TRY_CAST(value_decimal AS DOUBLE) AS value_number,
    coalesce(superseded_at, ledger_sequence) AS ledger_sequence
FROM answers
JOIN successions USING (read_id)
""".format(key=", ".join(READ_KEY))


def reads_of(answers: pa.Table) -> pa.Table:
    """Return the rows of some subjects' reads; all their revisions must be there."""
    return derive(READS, _READS, {"answers": answers})


@table_asset(READS, deps=[ANSWERS])
def reads(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.MaterializeResult[None]:
    """One row per answered item of every revision, people and machines alike.

    A revision is in force until a later one of the same read is signed; then its rows say
    superseded, and bear the sequence of the entry that superseded them.
    """
    project = context.partition_key
    changed = affected(lake, project, ANSWERS, unit="subject", after=standing(lake, project, READS))
    sequence = newest_sequence(lake, project, ANSWERS)
    version = merge(lake, project, READS.name, reads_of(changed), ledger_sequence=sequence)
    return materialised(lake, project, READS, version)


@table_check(READS)
def reads_have_one_revision_in_force(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Check that every read has one revision in force, and that no answer is lost."""
    project = context.partition_key
    rows = arrow(lake, project, READS.name, columns=[*READ_KEY, "read_id", "in_force"])
    answers = arrow(lake, project, ANSWERS.name, columns=["read_id"])
    return judged(wrongly_in_force(rows, n_answers=answers.num_rows), rows=rows.num_rows)


def wrongly_in_force(reads: pa.Table, *, n_answers: int) -> tuple[str, ...]:
    """Return the reads with none or several revisions in force, and lost or invented answers."""
    revisions = reads.group_by([*READ_KEY, "read_id", "in_force"]).aggregate([])
    counts = (
        revisions.append_column("held", revisions["in_force"].cast(pa.int64()))
        .group_by(list(READ_KEY))
        .aggregate([("held", "sum"), ("read_id", "min")])
        .sort_by("read_id_min")
    )
    wrong = counts.filter(pc.not_equal(counts["held_sum"], 1))
    problems = [
        f"read {read} has {held} revisions in force"
        for read, held in zip(
            *(wrong[n].to_pylist() for n in ("read_id_min", "held_sum")), strict=True
        )
    ]
    if reads.num_rows != n_answers:
        problems.append(f"there are {n_answers} answers but {reads.num_rows} rows of reads")
    return tuple(problems)
