/** The reasons why an item has no value, in words. */

import type { Missing } from "../api/types";

export const MISSING_REASONS: Readonly<Record<Missing, string>> = {
  not_evaluable: "Not evaluable",
  not_applicable: "Not applicable",
  no_answer: "No answer",
};

export const MISSING_CODES = Object.keys(MISSING_REASONS) as Missing[];
