import { describe, expect, it } from "vitest";
import { directionLetters, edgeLabels } from "./orientation";

describe("edge labels", () => {
  it("an axial image shows the patient's right on the left of the screen, front up", () => {
    const labels = edgeLabels([1, 0, 0, 0, 1, 0]);

    expect(labels).toEqual({ left: "R", right: "L", top: "A", bottom: "P" });
  });

  it("a sagittal image shows the front on the left, the head up", () => {
    const labels = edgeLabels([0, 1, 0, 0, 0, -1]);

    expect(labels).toEqual({ left: "A", right: "P", top: "H", bottom: "F" });
  });

  it("an oblique direction names its larger part first and drops what is negligible", () => {
    expect(directionLetters([0.8, -0.6, 0])).toBe("LA");
    expect(directionLetters([0.999, 0.04, 0.02])).toBe("L");
  });

  it("an image without orientation gets no labels rather than wrong ones", () => {
    expect(edgeLabels(null)).toBeNull();
    expect(edgeLabels([1, 0, 0])).toBeNull();
    expect(edgeLabels([1, 0, 0, 0, Number.NaN, 0])).toBeNull();
  });
});
