import { describe, expect, it } from "vitest";
import type { DicomJson } from "./dicomJson";
import { withPalette } from "./palette";

function instance(base64: string, entries: number): DicomJson {
  return {
    "00281101": { vr: "US", Value: [entries, 0, 16] },
    "00281201": { vr: "OW", InlineBinary: base64 },
  };
}

describe("palettes", () => {
  it("of 16-bit entries are little-endian words", () => {
    const palette = withPalette(instance(btoa("\x01\x00\x00\xff"), 2));

    expect(palette["00281201"]?.Value).toEqual([1, 0xff00]);
  });

  it("of 8-bit entries are bytes, two to a word", () => {
    const palette = withPalette(instance(btoa("\x01\x02\x03\x00"), 3));

    expect(palette["00281201"]?.Value).toEqual([1, 2, 3]);
  });

  it("an instance without one is left as it is", () => {
    const plain: DicomJson = { "00280010": { vr: "US", Value: [64] } };

    expect(withPalette(plain)).toBe(plain);
  });
});
