import type { IntegerDefinition } from "../definition";
import type { ItemKind } from "./kind";
import { NumberInput } from "./NumberInput";

export const integerKind: ItemKind<IntegerDefinition> = {
  kind: "integer",
  takesAnswers: true,
  isGroup: () => false,
  draw: ({ item, ...props }) => <NumberInput {...props} mode="numeric" unit={item.unit} />,
  show: (value, item) => (item.unit === "" ? value : `${value} ${item.unit}`),
  unfinished: (value) =>
    /^[+-]?\d+$/.test(value.trim()) ? null : "Type a whole number, such as 12.",
};
