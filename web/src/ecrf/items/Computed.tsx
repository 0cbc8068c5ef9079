import type { ComputedDefinition } from "../definition";
import { finished, type ItemKind } from "./kind";

function shownOf(value: string, { unit, decimals }: ComputedDefinition): string {
  const cut = decimals == null ? value : roundedHalfUp(value, decimals);
  return unit === "" ? cut : `${cut} ${unit}`;
}

/** Round a decimal text for the eye alone: half away from zero, digit by digit, no float. */
export function roundedHalfUp(value: string, decimals: number): string {
  const found = /^(-?)(\d+)(?:\.(\d*))?$/.exec(value);
  if (!found) return value;
  const [, sign = "", whole = "0", fraction = ""] = found;
  if (fraction.length <= decimals) return value;
  const digits = BigInt(whole + fraction.slice(0, decimals));
  const up = (fraction[decimals] ?? "0") >= "5" ? 1n : 0n;
  const text = (digits + up).toString().padStart(decimals + 1, "0");
  const at = text.length - decimals;
  return sign + text.slice(0, at) + (decimals > 0 ? `.${text.slice(at)}` : "");
}

export const computedKind: ItemKind<ComputedDefinition> = {
  kind: "computed",
  takesAnswers: true,
  isGroup: () => true,
  draw: ({ item, id, value, describedBy }) => (
    <output id={id} aria-describedby={describedBy}>
      {value === "" ? "Not known yet" : shownOf(value, item)}
    </output>
  ),
  show: (value, item) => shownOf(value, item),
  unfinished: finished,
};
