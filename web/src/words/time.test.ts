import { describe, expect, it } from "vitest";
import { ago, span, utc } from "./time";

const NOW = new Date("2026-11-22T12:00:00Z");

describe("time in words", () => {
  it.each([
    [59_000, "less than a minute"],
    [60_000, "1 minute"],
    [59 * 60_000, "59 minutes"],
    [3_600_000, "1 hour"],
    [47 * 3_600_000, "1 day"],
    [48 * 3_600_000, "2 days"],
  ])("a span of %d ms reads %s", (milliseconds, text) => {
    expect(span(milliseconds)).toBe(text);
  });

  it("a moment ahead of this clock reads as now, never as a negative age", () => {
    expect(ago("2026-11-22T12:00:30Z", NOW)).toBe("just now");
  });

  it("a moment is shown in UTC whatever offset it was sent with", () => {
    expect(utc("2026-11-22T01:30:00+02:00")).toBe("2026-11-21 23:30:00 UTC");
  });
});
