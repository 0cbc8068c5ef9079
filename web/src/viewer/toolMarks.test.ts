import { describe, expect, it } from "vitest";
import type { Frame } from "./frames";
import {
  geometryOf,
  type ImageSpace,
  type Point3,
  pointsOf,
  toolDataOf,
  worldOf,
} from "./toolMarks";

const SPACE: ImageSpace = {
  toImage: ([x, y]) => [x / 2 + 0.5, y / 2 + 0.5],
  toWorld: ([column, row]) => [(column - 0.5) * 2, (row - 0.5) * 2, 0],
};
const PLACED = { sopInstanceUid: "1.2", frame: 3, frameOfReference: "1.9" } as Frame;
const UNPLACED = { ...PLACED, frameOfReference: null } as Frame;
const CORNERS: Point3[] = [
  [0, 0, 0],
  [9, 0, 0],
  [0, 5, 0],
  [9, 5, 0],
];

describe("between tools and kept geometry", () => {
  it("a rectangle's corners go round and come back in the tool's order", () => {
    const kept = pointsOf("box", { handles: { points: CORNERS } });

    expect(kept).toEqual([CORNERS[0], CORNERS[1], CORNERS[3], CORNERS[2]]);
    expect(toolDataOf("box", kept ?? [], [0, 1, 0]).handles.points).toEqual(CORNERS);
  });

  it("an ellipse kept with its long axis first is given bottom, top, left, right", () => {
    const long: Point3[] = [
      [9, 2, 0],
      [1, 2, 0],
    ];
    const short: Point3[] = [
      [5, 0, 0],
      [5, 4, 0],
    ];

    const { points } = toolDataOf("ellipse", [...long, ...short], [0, 1, 0]).handles;

    expect(points).toEqual([short[1], short[0], ...long]);
  });

  it("an outline that is not closed is no mark yet", () => {
    const polyline = CORNERS;

    expect(pointsOf("polygon", { contour: { polyline, closed: false } })).toBeNull();
    expect(pointsOf("polygon", { contour: { polyline, closed: true } })).toEqual(polyline);
    expect(pointsOf("length", { handles: { points: CORNERS } })).toBeNull();
  });

  it("on an image with a place a mark is in millimetres, on any other in its pixels", () => {
    const points: Point3[] = [
      [0, 0, 0],
      [8, 6, 0],
    ];

    const placed = geometryOf("length", points, PLACED, SPACE);
    const unplaced = geometryOf("length", points, UNPLACED, SPACE);

    expect([placed.space, placed.frame_of_reference]).toEqual(["patient", "1.9"]);
    expect([unplaced.space, unplaced.frame_of_reference]).toEqual(["image", null]);
    expect(unplaced.parts[0]?.points).toEqual([
      [0.5, 0.5],
      [4.5, 3.5],
    ]);
    expect(worldOf(unplaced, (unplaced.parts[0]?.points ?? []) as number[][], SPACE)).toEqual(
      points,
    );
  });
});
