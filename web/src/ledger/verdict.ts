/** What a verification found, in one sentence that never sounds wider than what was looked at. */

import type { Verification } from "../api/types";
import { counted } from "../words/numbers";

export function verdictWords({ result, size, checks }: Verification): string {
  const entries = counted(size, "entry", "entries");
  const failed = checks.filter((check) => check.result === "FAIL").length;
  const uncovered = checks.filter((check) => check.result === "NOT COVERED").length;
  if (failed > 0 || result === "FAIL") {
    return `The ledger does not hold: ${counted(failed, "check")} of ${checks.length} failed over ${entries}. Keep a copy of everything and call the administrator.`;
  }
  if (uncovered > 0 || result === "NOT COVERED") {
    return `Nothing wrong was found in ${entries}, but ${counted(uncovered, "check")} could not be made.`;
  }
  return `The ledger holds: all ${checks.length} checks passed over ${entries}.`;
}
