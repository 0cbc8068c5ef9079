import type { BooleanDefinition } from "../definition";
import { finished, type ItemKind } from "./kind";
import { Radios } from "./Radios";

const YES_NO = [
  { code: "true", label: "Yes" },
  { code: "false", label: "No" },
] as const;

export const booleanKind: ItemKind<BooleanDefinition> = {
  kind: "boolean",
  takesAnswers: true,
  isGroup: () => true,
  draw: ({ item, ...props }) => <Radios {...props} choices={YES_NO} layout="row" />,
  show: (value) => YES_NO.find(({ code }) => code === value)?.label ?? value,
  unfinished: finished,
};
