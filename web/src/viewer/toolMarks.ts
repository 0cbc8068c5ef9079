/** Between Cornerstone's annotations and the geometry that is kept: pure, point by point. */

import type { AnnotationGeometry, AnnotationKind } from "../api/types";
import type { Frame } from "./frames";

export type Point3 = [number, number, number];
export type MarkTool =
  | "length"
  | "bidirectional"
  | "angle"
  | "box"
  | "ellipse"
  | "polygon"
  | "point";

export const MARK_TOOLS: readonly MarkTool[] = [
  "length",
  "bidirectional",
  "angle",
  "box",
  "ellipse",
  "polygon",
  "point",
];

/** What a tool of the viewer keeps of a mark. */
export interface ToolData {
  handles?: { points?: number[][] };
  contour?: { polyline?: number[][]; closed?: boolean };
}

/** From the viewer's space to the one of the image, and back. */
export interface ImageSpace {
  toImage(world: Point3): [number, number];
  toWorld(image: readonly [number, number]): Point3;
}

/** The corners of a rectangle as the tool keeps them: top left, top right, bottom left and right. */
const BOX_ORDER = [0, 1, 3, 2] as const;
const LEAST_OUTLINE = 3;

export function isMarkTool(kind: AnnotationKind): kind is MarkTool {
  return (MARK_TOOLS as readonly string[]).includes(kind);
}

/** The points of a drawn mark in the order they are kept, or null while it is not whole. */
export function pointsOf(tool: MarkTool, data: ToolData): Point3[] | null {
  const handles = (data.handles?.points ?? []).map(three);
  switch (tool) {
    case "point":
      return handles.length >= 1 ? handles.slice(0, 1) : null;
    case "box":
      return handles.length === 4 ? BOX_ORDER.map((at) => handles[at] as Point3) : null;
    case "polygon": {
      const line = (data.contour?.polyline ?? []).map(three);
      if (!data.contour?.closed || line.length < LEAST_OUTLINE) return null;
      return line;
    }
    case "angle":
      return handles.length === 3 ? handles : null;
    case "length":
      return handles.length === 2 ? handles : null;
    default:
      return handles.length === 4 ? handles : null;
  }
}

/** What a tool needs to draw kept points again. */
export function toolDataOf(
  tool: MarkTool,
  points: readonly Point3[],
  down: Point3,
): { handles: { points: Point3[] }; contour?: { polyline: Point3[]; closed: true } } {
  if (tool === "box") {
    return { handles: { points: BOX_ORDER.map((at) => points[at] as Point3) } };
  }
  if (tool === "ellipse") return { handles: { points: uprightFirst(points, down) } };
  if (tool === "polygon") {
    return { handles: { points: [] }, contour: { polyline: [...points], closed: true } };
  }
  return { handles: { points: [...points] } };
}

/** The tool wants bottom, top, left, right of an ellipse; it is kept with its long axis first. */
function uprightFirst(points: readonly Point3[], down: Point3): Point3[] {
  const [a, b, c, d] = points as [Point3, Point3, Point3, Point3];
  const along = (from: Point3, to: Point3) =>
    (to[0] - from[0]) * down[0] + (to[1] - from[1]) * down[1] + (to[2] - from[2]) * down[2];
  const firstIsUpright = Math.abs(along(a, b)) >= Math.abs(along(c, d));
  const [one, other, left, right] = firstIsUpright ? [a, b, c, d] : [c, d, a, b];
  return along(one, other) > 0 ? [other, one, left, right] : [one, other, left, right];
}

export function geometryOf(
  tool: MarkTool,
  points: readonly Point3[],
  frame: Frame,
  space: ImageSpace,
): AnnotationGeometry {
  const placed = frame.frameOfReference !== null;
  return {
    kind: tool,
    space: placed ? "patient" : "image",
    frame_of_reference: frame.frameOfReference,
    parts: [
      {
        instance: frame.sopInstanceUid,
        frame: frame.frame,
        points: points.map((point) => (placed ? [...point] : space.toImage(point))),
        runs: [],
      },
    ],
  };
}

/** The points of a kept mark in the viewer's space. */
export function worldOf(
  { space }: Pick<AnnotationGeometry, "space">,
  points: readonly (readonly number[])[],
  image: ImageSpace,
): Point3[] {
  return points.map((point) =>
    space === "patient" ? three(point) : image.toWorld([point[0] as number, point[1] as number]),
  );
}

function three(point: readonly number[]): Point3 {
  return [point[0] ?? 0, point[1] ?? 0, point[2] ?? 0];
}
