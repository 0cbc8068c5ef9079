"""Bronze: every answer of every signed or imported revision."""

from collections.abc import Iterable

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from assets.catalogue import judged, materialised, table_asset, table_check, up_to
from assets.exports import Exports
from assets.standing import standing
from lake.location import Lake
from lake.read import arrow
from lake.schemas import arrow_rows
from lake.tables import ANSWERS
from lake.write import append
from research.export import AnswerExport


def answers_of(exported: Iterable[AnswerExport]) -> pa.Table:
    """Return exported answers as rows of the table."""
    return arrow_rows(
        ANSWERS,
        (
            {
                "project_id": row.project_id,
                "read_id": row.read_id,
                "subject": row.subject_code,
                "subject_kind": row.subject_kind,
                "site": row.site_code,
                "visit": row.visit_code,
                "visit_label": row.visit_label,
                "step": row.step_code,
                "workflow_version": row.workflow_version,
                "reader": row.reader_id,
                "reader_label": row.reader_label,
                "reader_kind": row.reader_kind,
                "position": row.position,
                "arm": row.arm,
                "session": row.session,
                "repeat": row.repeat,
                "revision": row.revision,
                "status": row.status,
                "form_oid": row.form_oid,
                "form_version": row.form_version,
                "form_digest": row.form_digest,
                "image_set_digest": row.image_set_digest,
                "signed_at": row.signed_at,
                "group_oid": row.group_oid,
                "repeat_key": row.repeat_key,
                "item_oid": row.item_oid,
                "kind": row.kind,
                "value_text": row.value_text,
                "value_decimal": row.value_decimal,
                "missing": row.missing,
                "ledger_sequence": row.ledger_sequence,
            }
            for row in exported
        ),
    )


@table_asset(ANSWERS)
def answers(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    exports: dg.ResourceParam[Exports],
) -> dg.MaterializeResult[None]:
    """One row per answered item of every signed or imported revision, as it was signed.

    Rows are only ever added: an amendment is a new revision with rows of its own.
    """
    project = context.partition_key
    after, head = standing(lake, project, ANSWERS), up_to(context, exports)
    rows = answers_of(exports.answers(project, after=after, up_to=head))
    version = append(lake, project, ANSWERS.name, rows, ledger_sequence=head, after=after)
    return materialised(lake, project, ANSWERS, version)


@table_check(ANSWERS)
def answers_say_something_once(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Check that each item is answered once per revision, by a value or a reason for none."""
    columns = [*ANSWERS.key, "value_text", "missing"]
    rows = arrow(lake, context.partition_key, ANSWERS.name, columns=columns)
    return judged(twice_or_torn(rows), rows=rows.num_rows)


def twice_or_torn(answers: pa.Table) -> tuple[str, ...]:
    """Return the answers that stand twice, or have both a value and a reason for none."""
    keys = answers.group_by(list(ANSWERS.key)).aggregate([])
    both = pc.and_(answers["value_text"].is_valid(), answers["missing"].is_valid())
    torn = answers.filter(both).num_rows
    found = (
        (answers.num_rows - keys.num_rows, "answers stand more than once"),
        (torn, "answers have both a value and a reason for having none"),
    )
    return tuple(f"{n} {sentence}" for n, sentence in found if n)
