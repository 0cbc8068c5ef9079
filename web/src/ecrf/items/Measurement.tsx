import type { MeasurementDefinition } from "../definition";
import { decimalKind } from "./Decimal";
import type { ItemKind } from "./kind";
import { NumberInput } from "./NumberInput";

export const measurementKind: ItemKind<MeasurementDefinition> = {
  kind: "measurement",
  takesAnswers: true,
  isGroup: () => false,
  draw: ({ item, ...props }) => <NumberInput {...props} mode="decimal" unit={item.unit} />,
  show: (value, item) => `${value} ${item.unit}`,
  unfinished: (value) => decimalKind.unfinished(value, { unit: "" } as never),
};
