/** The rows of a repeating group: as many as any answer stands in, or as the reader has added. */

import type { Answers, Pending } from "./draft";

export function repeatsOf(
  group: string,
  answers: Answers,
  pending: Pending,
  added: number,
): readonly string[] {
  const used = [...answers.values(), ...pending.values()]
    .filter((one) => one.group === group && one.repeat !== "")
    .map(({ repeat }) => Number(repeat));
  const n = Math.max(0, added, ...used);
  return Array.from({ length: n }, (_, at) => String(at + 1));
}
