/** What a results page asks of the server, from what its address says and what the table has. */

import type { RowsQuestion } from "../api/queries";
import type { Column } from "../api/types";
import type { ResultsSearch } from "./search";

export const ROWS_PER_PAGE = 50;

/** The columns a table opens with; tables not named here open with all of theirs. */
const FIRST_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  results: [
    "subject",
    "visit",
    "step",
    "position",
    "reader_label",
    "group_oid",
    "item_oid",
    "value_text",
    "missing",
    "read_status",
    "signed_at",
    "ledger_sequence",
  ],
};

/** The columns to show, in the table's own order; names the table does not have are left out. */
export function shownColumns(
  table: string,
  columns: readonly Column[],
  chosen: string | undefined,
): Column[] {
  const wanted = new Set(
    chosen?.split(",") ?? FIRST_COLUMNS[table] ?? columns.map(({ name }) => name),
  );
  const shown = columns.filter(({ name }) => wanted.has(name));
  return shown.length > 0 ? shown : [...columns];
}

export function questionOf(search: ResultsSearch, shown: readonly Column[]): RowsQuestion {
  return {
    version: search.version ?? null,
    columns: shown.map(({ name }) => name),
    sort: search.sort ?? null,
    filter: search.filter ?? [],
    offset: search.offset ?? 0,
    limit: ROWS_PER_PAGE,
  };
}

export type Direction = "rising" | "falling" | null;

export function directionOf(sort: string | undefined, column: string): Direction {
  if (sort === column) return "rising";
  return sort === `-${column}` ? "falling" : null;
}

/** Rising, then falling, then the table's own order again. */
export function nextSort(sort: string | undefined, column: string): string | undefined {
  const direction = directionOf(sort, column);
  if (direction === null) return column;
  return direction === "rising" ? `-${column}` : undefined;
}

export interface Condition {
  column: string;
  operator: string;
  value: string;
}

export const OPERATORS: Readonly<Record<string, string>> = {
  eq: "is",
  ne: "is not",
  contains: "contains",
  lt: "is less than",
  le: "is at most",
  gt: "is greater than",
  ge: "is at least",
};

export function readCondition(text: string): Condition {
  const [column = "", operator = "", ...rest] = text.split(":");
  return { column, operator, value: rest.join(":") };
}

export function writeCondition({ column, operator, value }: Condition): string {
  return `${column}:${operator}:${value}`;
}

export function conditionWords(text: string): string {
  const { column, operator, value } = readCondition(text);
  return `${column} ${OPERATORS[operator] ?? operator} ${value}`;
}
