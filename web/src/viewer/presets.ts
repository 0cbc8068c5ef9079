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

/** Lower and upper grey value of a window (PS3.3 C.11.2.1.2.1, linear exact). */
export function rangeOf({ width, center }: { width: number; center: number }) {
  return { lower: center - width / 2, upper: center + width / 2 };
}

export function windowOf({ lower, upper }: { lower: number; upper: number }) {
  return { width: upper - lower, center: (upper + lower) / 2 };
}
