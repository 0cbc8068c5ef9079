"""Gold: how far readers agree, per item, for every pair of readers and for all together."""

import dagster as dg

from assets.catalogue import judged, materialised, table_asset, table_check
from assets.standing import newest_sequence
from assets.suites import unmet
from lake.location import Lake
from lake.read import arrow
from lake.tables import READER_AGREEMENT, RESULTS
from lake.write import overwrite


@table_asset(READER_AGREEMENT, deps=[RESULTS], last=True)
def reader_agreement(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.MaterializeResult[None]:
    """Agreement per item for every pair of readers and for all of them, with intervals.

    Categories: percent agreement, Gwet's AC and Krippendorff's alpha; scales: the same with ordinal
    weights, and the ICC; numbers: alpha (interval) and the ICC. Superseded revisions and hidden
    repeats are left out.
    """
    project = context.partition_key
    # The statistics import in 1 to 3 s. Every run is a new process, and results should not wait.
    from assets.agreement import COLUMNS, agreement_of

    rows = agreement_of(arrow(lake, project, RESULTS.name, columns=COLUMNS))
    sequence = newest_sequence(lake, project, RESULTS)
    version = overwrite(lake, project, READER_AGREEMENT.name, rows, ledger_sequence=sequence)
    return materialised(lake, project, READER_AGREEMENT, version)


@table_check(READER_AGREEMENT, last=True)
def reader_agreement_keeps_its_contract(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Check the Great Expectations suite of the documented contract."""
    rows = arrow(lake, context.partition_key, READER_AGREEMENT.name)
    return judged(unmet(READER_AGREEMENT.name, rows), rows=rows.num_rows)
