import { describe, expect, it } from "vitest";
import type { Verification } from "../api/types";
import { verdictWords } from "./verdict";

function report(...results: ("PASS" | "FAIL" | "NOT COVERED")[]): Verification {
  const worst = (["FAIL", "NOT COVERED"] as const).find((one) => results.includes(one)) ?? "PASS";
  return {
    log: "p",
    size: 432,
    root: "00",
    result: worst,
    verified_at: "2026-11-22T00:00:00Z",
    checks: results.map((result, at) => ({
      name: `check ${at}`,
      result,
      detail: "",
      first: null,
      last: null,
    })),
  };
}

describe("the verdict in words", () => {
  it("says that the ledger holds only when every check was made and passed", () => {
    expect(verdictWords(report("PASS", "PASS"))).toMatch(/^The ledger holds: all 2 checks/);
  });

  it("does not claim more than was looked at", () => {
    expect(verdictWords(report("PASS", "NOT COVERED"))).toMatch(/1 check could not be made/);
  });

  it("a failure speaks first, whatever else there is", () => {
    expect(verdictWords(report("PASS", "NOT COVERED", "FAIL"))).toMatch(
      /^The ledger does not hold: 1 check/,
    );
  });
});
