/** Rows of the table reader_agreement as the chart and its table need them. */

import type { RowsPage } from "../api/types";

export interface Agreement {
  key: string;
  step: string;
  item: string;
  pair: string;
  isAll: boolean;
  coefficient: string;
  units: number;
  readers: number;
  value: number | null;
  low: number | null;
  high: number | null;
  method: string;
}

type Row = RowsPage["rows"][number];

const ALL = "all";

export const COEFFICIENTS: Readonly<Record<string, string>> = {
  gwet_ac: "Gwet's AC",
  krippendorff_alpha: "Krippendorff's alpha",
  percent_agreement: "Percent agreement",
  icc: "Intraclass correlation",
};

export function coefficientWords(code: string): string {
  return COEFFICIENTS[code] ?? code;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown): number | null {
  if (value === null || value === undefined || value === "") return null;
  const n = Number(value);
  return Number.isFinite(n) ? n : null;
}

const names = new Intl.Collator("en", { numeric: true });

/** Two readers in the order of their labels, so that a pair reads the same everywhere. */
function pairWords(row: Row): string {
  const labels = [
    text(row.reader_a_label) || text(row.reader_a),
    text(row.reader_b_label) || text(row.reader_b),
  ];
  return labels.sort(names.compare).join(" and ");
}

/** By item, pairs before all readers together. */
function inOrder(one: Agreement, other: Agreement): number {
  return (
    names.compare(one.item, other.item) ||
    Number(one.isAll) - Number(other.isAll) ||
    names.compare(one.pair, other.pair)
  );
}

export function agreementsOf(page: RowsPage): Agreement[] {
  return page.rows.map(agreementOf).sort(inOrder);
}

function agreementOf(row: Row): Agreement {
  const a = text(row.reader_a);
  const b = text(row.reader_b);
  const isAll = a === ALL || b === ALL;
  return {
    key: [row.step, row.form_oid, row.group_oid, row.item_oid, a, b, row.coefficient].join("|"),
    step: text(row.step),
    item: text(row.item_oid),
    pair: isAll ? "All readers" : pairWords(row),
    isAll,
    coefficient: text(row.coefficient),
    units: number(row.n_units) ?? 0,
    readers: number(row.n_readers) ?? 0,
    value: number(row.value),
    low: number(row.ci_low),
    high: number(row.ci_high),
    method: text(row.method),
  };
}

/** "0.71 (0.58 to 0.84)": rounded for reading, the table of results keeps the digits. */
export function estimateWords({
  value,
  low,
  high,
}: Pick<Agreement, "value" | "low" | "high">): string {
  if (value === null) return "not defined";
  const interval =
    low === null || high === null ? "" : ` (${low.toFixed(2)} to ${high.toFixed(2)})`;
  return `${value.toFixed(2)}${interval}`;
}
