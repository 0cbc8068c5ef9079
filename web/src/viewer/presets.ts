/** Windows for CT in Hounsfield units, and what a first look at any other modality starts from. */

export interface WindowPreset {
  label: string;
  width: number;
  center: number;
}

const CT_PRESETS: readonly WindowPreset[] = [
  { label: "Soft tissue", width: 400, center: 40 },
  { label: "Lung", width: 1500, center: -600 },
  { label: "Mediastinum", width: 350, center: 50 },
  { label: "Bone", width: 2000, center: 500 },
  { label: "Brain", width: 80, center: 40 },
  { label: "Liver", width: 150, center: 90 },
];

/** Presets only where the numbers have a meaning: greys of MR or US have no common scale. */
export function presetsFor(modality: string): readonly WindowPreset[] {
  return modality === "CT" ? CT_PRESETS : [];
}

interface Window {
  width: number;
  center: number;
}

interface GreyRange {
  lower: number;
  upper: number;
}

/** The grey values that a window maps to black and to white (PS3.3 C.11.2.1.2.1, LINEAR). */
export function rangeOf({ width, center }: Window): GreyRange {
  const half = (width - 1) / 2;
  return { lower: center - 0.5 - half, upper: center - 0.5 + half };
}

/** The window between two grey values; undoes `rangeOf`. */
export function windowOf({ lower, upper }: GreyRange): Window {
  return { width: upper - lower + 1, center: (upper + lower + 1) / 2 };
}
