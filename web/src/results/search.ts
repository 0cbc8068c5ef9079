/** What the address of a results page holds, so that a view can be shared and found again. */

export interface ResultsSearch {
  table?: string | undefined;
  version?: number | undefined;
  columns?: string | undefined;
  sort?: string | undefined;
  filter?: string[] | undefined;
  offset?: number | undefined;
}

function wholeNumber(value: unknown): number | undefined {
  const n = typeof value === "string" ? Number(value) : value;
  return typeof n === "number" && Number.isInteger(n) && n >= 0 ? n : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Keep what is well formed; anything else in the address is dropped, not guessed at. */
export function resultsSearch(search: Record<string, unknown>): ResultsSearch {
  const filter = Array.isArray(search.filter)
    ? search.filter.filter(
        (one): one is string => typeof one === "string" && /^[^:]+:[^:]+:/.test(one),
      )
    : undefined;
  return {
    table: text(search.table),
    version: wholeNumber(search.version),
    columns: text(search.columns),
    sort: text(search.sort),
    filter: filter !== undefined && filter.length > 0 ? filter : undefined,
    offset: wholeNumber(search.offset),
  };
}
