import { describe, expect, it } from "vitest";
import { presetsFor, rangeOf, windowOf } from "./presets";

describe("windows", () => {
  it("of the standard's example: centre 2048, width 4096 spans 0 to 4095", () => {
    expect(rangeOf({ center: 2048, width: 4096 })).toEqual({ lower: 0, upper: 4095 });
  });

  it.each(presetsFor("CT"))(
    "$label comes back unchanged from its grey values",
    ({ width, center }) => {
      expect(windowOf(rangeOf({ width, center }))).toEqual({ width, center });
    },
  );

  it("exist only where grey values have a common scale", () => {
    expect(presetsFor("MR")).toEqual([]);
  });
});
