/** Marks on the images as plain values: the server's, and those drawn and not yet there. */

import type {
  AnnotationChange,
  AnnotationGeometry,
  AnnotationKind,
  AnnotationView,
} from "../api/types";
import { type Address, pathOf } from "../ecrf/address";

export type Marks = ReadonlyMap<string, AnnotationView>;
export type PendingMarks = ReadonlyMap<string, AnnotationChange>;

/** One mark as it is shown; the server's numbers are absent until it has answered. */
export interface Mark {
  id: string;
  geometry: AnnotationGeometry;
  label: string;
  item: Address | null;
  view: AnnotationView | null;
}

export const NO_MARKS: Marks = new Map();

export const KIND_WORDS: Readonly<Record<AnnotationKind, string>> = {
  point: "Point",
  length: "Length",
  bidirectional: "Two axes",
  angle: "Angle",
  box: "Box",
  ellipse: "Ellipse",
  circle: "Circle",
  polyline: "Line",
  polygon: "Outline",
  mask: "Mask",
};

/** Each number of a mark in words, the one that names it first. */
const METRICS = [
  ["length", "", 1],
  ["long_axis", "", 1],
  ["short_axis", "×", 1],
  ["angle", "", 0],
  ["volume", "", 3],
  ["area", "", 2],
] as const;

const POWERS = ["°", "", "²", "³"] as const;

export function marksById(views: readonly AnnotationView[]): Marks {
  return new Map(views.map((view) => [view.id, view]));
}

/** What stands: the server's marks, with the reader's own changes over them. */
export function standing(marks: Marks, pending: PendingMarks): ReadonlyMap<string, Mark> {
  const found = new Map<string, Mark>();
  for (const view of marks.values()) {
    const { id, geometry, label } = view;
    found.set(id, { id, geometry, label, item: addressOf(view.item), view });
  }
  for (const change of pending.values()) {
    if (change.geometry == null) found.delete(change.id);
    else {
      const { id, geometry, label = "", item } = change;
      found.set(id, { id, geometry: whole(geometry), label, item: addressOf(item), view: null });
    }
  }
  return found;
}

function whole(geometry: NonNullable<AnnotationChange["geometry"]>): AnnotationGeometry {
  return geometry as AnnotationGeometry;
}

export function addressOf(item: AnnotationView["item"] | undefined): Address | null {
  return item == null ? null : { group: item.group, repeat: item.repeat ?? "", item: item.item };
}

export function boundTo(mark: Mark, path: string): boolean {
  return mark.item !== null && pathOf(mark.item) === path;
}

/** The server's number in words; "…" while it has not answered. */
export function numberOf({ view }: Mark): string {
  if (view === null) return "…";
  const words = METRICS.flatMap(([name, before, power]) => {
    const value = view.metrics[name];
    if (value === undefined) return [];
    const unit = power === 0 ? "°" : ` ${view.unit}${POWERS[power]}`;
    return [`${before}${before ? " " : ""}${value}${unit}`];
  });
  return words.slice(0, 2).join(" ");
}

export function wordsOf(mark: Mark): string {
  const number = numberOf(mark);
  return number === "" ? KIND_WORDS[mark.geometry.kind] : number;
}

/** Two geometries that the server would keep as one: coordinates are kept in single precision. */
export function sameGeometry(one: AnnotationGeometry, other: AnnotationGeometry): boolean {
  return spelled(one) === spelled(other);
}

function spelled({ kind, space, parts }: AnnotationGeometry): string {
  const inAxes = kind === "ellipse" || kind === "bidirectional" || kind === "circle";
  return JSON.stringify([
    kind,
    space,
    parts.map(({ instance, frame, points, runs }) => {
      const places = (points ?? []).map(spelledPoint);
      return [instance, frame ?? 1, inAxes ? unordered(places) : places, runs ?? []];
    }),
  ]);
}

function spelledPoint(point: readonly number[]): string {
  return point.map((value) => (Number(Math.fround(value).toFixed(4)) || 0).toFixed(4)).join(" ");
}

/** Two axes are the same whichever is named first and from whichever end. */
function unordered([a = "", b = "", c = "", d = ""]: string[]): string[] {
  return [[a, b].sort().join("/"), [c, d].sort().join("/")].sort();
}

/** What the client says to put a mark as it stands. */
export function changeOf(mark: Mark, build: string): AnnotationChange {
  return {
    id: mark.id,
    geometry: mark.geometry,
    label: mark.label,
    tracking_uid: mark.view?.tracking_uid ?? "",
    item: mark.item,
    viewer_build: build,
  };
}
