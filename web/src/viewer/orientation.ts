/** Which side of the patient each edge of the picture shows, from Image Orientation (0020,0037). */

export interface EdgeLabels {
  left: string;
  right: string;
  top: string;
  bottom: string;
}

type Vector = readonly [number, number, number];

// Patient axes point to the left, to the back and to the head (PS3.3 C.7.6.2.1.1).
const AXES: readonly { positive: string; negative: string }[] = [
  { positive: "L", negative: "R" },
  { positive: "P", negative: "A" },
  { positive: "H", negative: "F" },
];

/** Components smaller than this are not worth a letter (about 6 degrees). */
const NEGLIGIBLE = 0.1;
const MOST_LETTERS = 2;

/** Name a direction by its axes, the largest component first: "L", "AL", "HP". */
export function directionLetters(direction: Vector): string {
  return direction
    .map((size, axis) => ({ size, axis }))
    .filter(({ size }) => Math.abs(size) > NEGLIGIBLE)
    .sort((a, b) => Math.abs(b.size) - Math.abs(a.size))
    .slice(0, MOST_LETTERS)
    .map(({ size, axis }) => (size > 0 ? AXES[axis]?.positive : AXES[axis]?.negative))
    .join("");
}

function opposite([x, y, z]: Vector): Vector {
  return [-x, -y, -z];
}

/** Labels of the four edges, or null where the image says nothing about the patient. */
export function edgeLabels(orientation: readonly number[] | null): EdgeLabels | null {
  if (orientation === null || orientation.length !== 6 || orientation.some(Number.isNaN))
    return null;
  const [rowX, rowY, rowZ, columnX, columnY, columnZ] = orientation as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const right: Vector = [rowX, rowY, rowZ];
  const bottom: Vector = [columnX, columnY, columnZ];
  return {
    right: directionLetters(right),
    left: directionLetters(opposite(right)),
    bottom: directionLetters(bottom),
    top: directionLetters(opposite(bottom)),
  };
}
