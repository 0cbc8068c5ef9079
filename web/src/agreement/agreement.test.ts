import { describe, expect, it } from "vitest";
import type { RowsPage } from "../api/types";
import { CHART_COLORS, forestPlot } from "./chart";
import { agreementsOf, estimateWords } from "./rows";

function row(part: Record<string, unknown>) {
  return {
    step: "READ",
    form_oid: "F",
    group_oid: "G",
    item_oid: "SIZE",
    reader_a: "id-2",
    reader_b: "id-1",
    reader_a_label: "Reader 2",
    reader_b_label: "Reader 1",
    coefficient: "icc",
    n_units: 12,
    n_readers: 2,
    value: 0.8,
    ci_low: 0.6,
    ci_high: 0.9,
    method: "m",
    ...part,
  };
}

function page(...rows: ReturnType<typeof row>[]): RowsPage {
  return {
    table: "reader_agreement",
    version: 1,
    ledger_sequence: 1,
    columns: [],
    total: rows.length,
    offset: 0,
    limit: 100,
    rows,
  };
}

const ALL = { reader_a: "all", reader_b: "all", reader_a_label: null, reader_b_label: null };

describe("agreement", () => {
  it("is ordered by item, then pairs by name, then all readers together", () => {
    const rows = agreementsOf(
      page(
        row({ ...ALL }),
        row({ reader_a_label: "Reader 10" }),
        row({}),
        row({ item_oid: "COUNT" }),
      ),
    );

    expect(rows.map(({ item, pair }) => `${item}: ${pair}`)).toEqual([
      "COUNT: Reader 1 and Reader 2",
      "SIZE: Reader 1 and Reader 2",
      "SIZE: Reader 1 and Reader 10",
      "SIZE: All readers",
    ]);
  });

  it("an estimate that is not defined says so and is not drawn as a point", () => {
    const rows = agreementsOf(
      page(row({ value: null, ci_low: null, ci_high: null }), row({ ...ALL })),
    );
    const plot = forestPlot({ rows, axisTitle: "ICC", width: 900, colors: CHART_COLORS.light });

    expect(rows.map(estimateWords)).toEqual(["not defined", "0.80 (0.60 to 0.90)"]);
    expect(JSON.stringify(plot)).not.toContain("Reader 1 and Reader 2");
  });

  it("an interval that is absent is left out rather than shown as a point", () => {
    expect(estimateWords({ value: 0.5, low: null, high: null })).toBe("0.50");
  });

  it("the axis reaches below zero when an interval does, and always to one", () => {
    const rows = agreementsOf(page(row({ ci_low: -0.31 })));

    const plot = JSON.stringify(
      forestPlot({ rows, axisTitle: "ICC", width: 900, colors: CHART_COLORS.light }),
    );

    expect(plot).toContain('"domain":[-0.4,1]');
  });
});
