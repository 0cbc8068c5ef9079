"""The documented data contracts of gold, as Great Expectations suites run over a table."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from lake.tables import READER_AGREEMENT, RESULTS


@dataclass(frozen=True)
class Expectation:
    """One promise of a contract: an expectation of Great Expectations and its arguments."""

    type: str
    arguments: Mapping[str, object]
    promise: str


def _present(column: str) -> Expectation:
    return Expectation(
        "ExpectColumnValuesToNotBeNull", {"column": column}, f"{column} is always there"
    )


def _one_of(column: str, values: tuple[str, ...]) -> Expectation:
    return Expectation(
        "ExpectColumnValuesToBeInSet",
        {"column": column, "value_set": list(values)},
        f"{column} is one of {', '.join(values)}",
    )


def _between(column: str, low: float | None, high: float | None) -> Expectation:
    return Expectation(
        "ExpectColumnValuesToBeBetween",
        {"column": column, "min_value": low, "max_value": high},
        f"{column} is from {low} to {high}" if high is not None else f"{column} is at least {low}",
    )


SUITES: Mapping[str, tuple[Expectation, ...]] = {
    RESULTS.name: (
        *(_present(name) for name in ("project", "subject", "step", "reader", "form_digest")),
        _one_of("kind", ("live",)),
        _one_of("reader_kind", ("human", "machine")),
        _one_of("read_status", ("signed", "imported", "superseded")),
        _between("repeat", 0, None),
        _between("revision", 1, None),
        Expectation(
            "ExpectColumnValuesToMatchRegex",
            {"column": "form_digest", "regex": "^[0-9a-f]{64}$"},
            "form_digest is a SHA-256",
        ),
        Expectation(
            "ExpectColumnValuesToMatchRegex",
            {"column": "value_decimal", "regex": r"^-?[0-9]+(?:\.[0-9]+)?$"},
            "value_decimal is a plain decimal number",
        ),
        Expectation(
            "ExpectCompoundColumnsToBeUnique",
            {"column_list": list(RESULTS.key)},
            "one row per read, revision, group, row and item",
        ),
    ),
    READER_AGREEMENT.name: (
        _one_of("coefficient", ("percent_agreement", "gwet_ac", "krippendorff_alpha", "icc")),
        _between("value", -1, 1),
        _between("n_readers", 2, None),
        _between("n_units", 0, None),
        Expectation(
            "ExpectColumnPairValuesAToBeGreaterThanB",
            {
                "column_A": "ci_high",
                "column_B": "ci_low",
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
            },
            "an interval's upper end is not below its lower end",
        ),
    ),
}


def unmet(table_name: str, rows: pa.Table) -> tuple[str, ...]:
    """Return the promises of a table's suite that its rows break; an empty table breaks none."""
    if not rows.num_rows:
        return ()
    # Importing it takes 8 to 15 s, so only the check that needs it pays.
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    batch = (
        context.data_sources.add_pandas("lake")
        .add_dataframe_asset(table_name)
        .add_batch_definition_whole_dataframe("all")
        .get_batch({"dataframe": rows.to_pandas()})
    )
    suite = gx.ExpectationSuite(
        name=table_name,
        expectations=[
            getattr(gx.expectations, each.type)(**each.arguments, meta={"promise": each.promise})
            for each in SUITES[table_name]
        ],
    )
    # Results come back in another order; each carries its own promise.
    return tuple(
        f"{result.expectation_config.meta['promise']}: {_broken(result.result)}"
        for result in batch.validate(suite, result_format="BASIC").results
        if not result.success and result.expectation_config
    )


def _broken(result: Mapping[str, object]) -> str:
    """Say how many rows break a promise; without a count it could not be judged at all."""
    if "unexpected_count" not in result:
        return "this could not be judged"
    return f"{result['unexpected_count']} of {result['element_count']} rows break this"
