/** The words for why an item has no value; an item that nobody has answered has none of them. */

import type { DraftChange, Missing } from "../api/types";

type Said = NonNullable<DraftChange["missing"]>;

/** What may be said now. */
export const MISSING_WORDS: Readonly<Record<Said, string>> = {
  not_done: "Not done",
  not_evaluable: "Not evaluable",
  not_applicable: "Not applicable",
  unknown: "Unknown",
};

/** Everything a stored answer may say: reads signed earlier know one word more. */
export const MISSING_REASONS: Readonly<Record<Missing, string>> = {
  ...MISSING_WORDS,
  no_answer: "No answer",
};

export const MISSING_CODES = Object.keys(MISSING_WORDS) as Said[];
