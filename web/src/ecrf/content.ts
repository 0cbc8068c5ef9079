/** What stands in an item: a value as typed, or the word and the reason why there is none. */

import type { Missing } from "../api/types";

export interface Content {
  value: string | null;
  missing: Missing | null;
  reason: string | null;
}
