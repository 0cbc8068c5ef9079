/** From the metadata of a series (DICOM JSON) to its frames in the order of space. */

import type { DicomElement, DicomJson } from "./dicomJson";
import { withPalette } from "./palette";

export interface Frame {
  imageId: string;
  sopInstanceUid: string;
  frame: number;
  orientation: readonly number[] | null;
  /** Absent where the frame has no place in the patient: there is no millimetre on it. */
  frameOfReference: string | null;
  metadata: DicomJson;
}

const SOP_INSTANCE_UID = "00080018";
const INSTANCE_NUMBER = "00200013";
const NUMBER_OF_FRAMES = "00280008";
const IMAGE_POSITION = "00200032";
const IMAGE_ORIENTATION = "00200037";
const ROWS = "00280010";
const MODALITY = "00080060";
const BITS_ALLOCATED = "00280100";
const SHARED_GROUPS = "52009229";
const PLANE_ORIENTATION = "00209116";
const PER_FRAME_GROUPS = "52009230";
const PLANE_POSITION = "00209113";
const PIXEL_MEASURES = "00289110";
const PIXEL_SPACING = "00280030";
const FRAME_OF_REFERENCE = "00200052";

/** Slices closer than this are at one place (millimetres); the instance number decides. */
const SAME_PLACE_MM = 1e-3;

export interface SeriesAddress {
  dicomweb: string;
  studyUid: string;
  seriesUid: string;
}

export function seriesUrl({ dicomweb, studyUid, seriesUid }: SeriesAddress): string {
  return `${dicomweb}/studies/${studyUid}/series/${seriesUid}`;
}

function numbers(element: DicomElement | undefined): number[] | null {
  if (element?.Value === undefined || element.Value.length === 0) return null;
  return element.Value.map(Number);
}

function text(element: DicomElement | undefined): string | null {
  const value = element?.Value?.[0];
  return typeof value === "string" ? value : null;
}

/** The orientation of an instance, also where an enhanced multi-frame image keeps it. */
function orientationOf(instance: DicomJson): number[] | null {
  const own = numbers(instance[IMAGE_ORIENTATION]);
  if (own !== null) return own;
  const shared = instance[SHARED_GROUPS]?.Value?.[0] as DicomJson | undefined;
  const plane = shared?.[PLANE_ORIENTATION]?.Value?.[0] as DicomJson | undefined;
  return plane === undefined ? null : numbers(plane[IMAGE_ORIENTATION]);
}

/** The frame of reference, where the header says where the frame lies and what a pixel measures. */
function frameOfReferenceOf(instance: DicomJson, at: number, many: number): string | null {
  const shared = instance[SHARED_GROUPS]?.Value?.[0] as DicomJson | undefined;
  const own = instance[PER_FRAME_GROUPS]?.Value?.[at] as DicomJson | undefined;
  const inGroups = shared !== undefined || own !== undefined;
  if (!inGroups && many > 1) return null;
  const macro = (name: string): DicomJson | undefined =>
    inGroups
      ? (((own?.[name] ?? shared?.[name])?.Value?.[0] as DicomJson | undefined) ?? undefined)
      : instance;
  const placed =
    numbers(macro(PLANE_POSITION)?.[IMAGE_POSITION])?.length === 3 &&
    numbers(macro(PLANE_ORIENTATION)?.[IMAGE_ORIENTATION])?.length === 6 &&
    numbers(macro(PIXEL_MEASURES)?.[PIXEL_SPACING])?.every((size) => size > 0) === true;
  return placed ? text(instance[FRAME_OF_REFERENCE]) : null;
}

/** Cornerstone's metadata reader fails where Modality is absent; "other" is what it then is. */
function withModality(instance: DicomJson): DicomJson {
  return instance[MODALITY]?.Value?.length
    ? instance
    : { ...instance, [MODALITY]: { vr: "CS", Value: ["OT"] } };
}

/** How far along the normal of the slices an instance lies, where it says so. */
function depth(instance: DicomJson): number | null {
  const position = numbers(instance[IMAGE_POSITION]);
  const orientation = numbers(instance[IMAGE_ORIENTATION]);
  if (position?.length !== 3 || orientation?.length !== 6) return null;
  const [rx, ry, rz, cx, cy, cz] = orientation as [number, number, number, number, number, number];
  const [px, py, pz] = position as [number, number, number];
  return px * (ry * cz - rz * cy) + py * (rz * cx - rx * cz) + pz * (rx * cy - ry * cx);
}

function instanceNumber(instance: DicomJson): number {
  return numbers(instance[INSTANCE_NUMBER])?.[0] ?? Number.MAX_SAFE_INTEGER;
}

/** By place where all instances have one, else as the scanner numbered them. */
function inOrder(instances: readonly DicomJson[]): DicomJson[] {
  const placed = instances.map((instance) => ({ instance, depth: depth(instance) }));
  const allPlaced = placed.every((one) => one.depth !== null);
  return placed
    .sort((a, b) => {
      const apart = allPlaced ? (a.depth ?? 0) - (b.depth ?? 0) : 0;
      if (Math.abs(apart) > SAME_PLACE_MM) return apart;
      return instanceNumber(a.instance) - instanceNumber(b.instance);
    })
    .map(({ instance }) => instance);
}

/** Reports have no pixels; bits of segmentations are packed, and an overlay is no picture itself. */
function isPicture(instance: DicomJson): boolean {
  return instance[ROWS] !== undefined && numbers(instance[BITS_ALLOCATED])?.[0] !== 1;
}

/** Every frame of a series; instances that are no pictures have none. */
export function framesOf(
  address: SeriesAddress,
  instances: readonly DicomJson[],
  origin: string,
): Frame[] {
  const series = seriesUrl(address);
  return inOrder(instances.filter(isPicture)).flatMap((metadata) => {
    const sopInstanceUid = text(metadata[SOP_INSTANCE_UID]);
    if (sopInstanceUid === null) return [];
    const orientation = orientationOf(metadata);
    const many = numbers(metadata[NUMBER_OF_FRAMES])?.[0] ?? 1;
    return Array.from({ length: many }, (_, at) => ({
      imageId: `wadors:${origin}${series}/instances/${sopInstanceUid}/frames/${at + 1}`,
      sopInstanceUid,
      frame: at + 1,
      orientation,
      frameOfReference: frameOfReferenceOf(metadata, at, many),
      metadata: withPalette(withModality(metadata)),
    }));
  });
}
