/** Palette tables (PS3.3 C.7.6.3.1.6) from base64, as DICOM JSON has them, to numbers. */

import type { DicomJson } from "./dicomJson";

const TABLES = [
  { data: "00281201", descriptor: "00281101" },
  { data: "00281202", descriptor: "00281102" },
  { data: "00281203", descriptor: "00281103" },
] as const;

/** A descriptor has 16 bits, so it says 0 for this many entries. */
const MOST_ENTRIES = 65_536;

function numbersOf(base64: string, entries: number): number[] {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  // Entries of 8 bits may be packed two to a word; the length says whether they are.
  if (bytes.length < entries * 2) return [...bytes.subarray(0, entries)];
  const words = new DataView(bytes.buffer);
  return Array.from({ length: entries }, (_, at) => words.getUint16(at * 2, true));
}

/** The same instance with its palette as numbers, which is how Cornerstone reads it. */
export function withPalette(instance: DicomJson): DicomJson {
  const decoded: Record<string, { vr: string; Value: number[] }> = {};
  for (const { data, descriptor } of TABLES) {
    const base64 = instance[data]?.InlineBinary;
    const entries = Number(instance[descriptor]?.Value?.[0] ?? Number.NaN);
    if (base64 === undefined || Number.isNaN(entries)) continue;
    decoded[data] = { vr: "OW", Value: numbersOf(base64, entries || MOST_ENTRIES) };
  }
  return Object.keys(decoded).length === 0 ? instance : { ...instance, ...decoded };
}
