import type { DecimalDefinition } from "../definition";
import type { ItemKind } from "./kind";
import { NumberInput } from "./NumberInput";

function unfinished(value: string): string | null {
  const typed = value.trim();
  if (typed.includes(",")) return "Use a point for the decimals, such as 30.1.";
  return /^[+-]?\d+(\.\d+)?$/.test(typed) ? null : "Type a decimal number, such as 30.1.";
}

export const decimalKind: ItemKind<DecimalDefinition> = {
  kind: "decimal",
  takesAnswers: true,
  isGroup: () => false,
  draw: ({ item, ...props }) => <NumberInput {...props} mode="decimal" unit={item.unit} />,
  show: (value, item) => (item.unit === "" ? value : `${value} ${item.unit}`),
  unfinished,
};
