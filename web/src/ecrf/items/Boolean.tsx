import { useContext } from "react";
import type { BooleanDefinition } from "../definition";
import { ChoiceSelect, InTableContext } from "./ChoiceSelect";
import { finished, type ItemKind, type ItemProps } from "./kind";
import { Radios } from "./Radios";

const YES_NO = [
  { code: "true", label: "Yes" },
  { code: "false", label: "No" },
] as const;

function YesNo(props: Omit<ItemProps<BooleanDefinition>, "item">) {
  return useContext(InTableContext) ? (
    <ChoiceSelect {...props} choices={YES_NO} size="xs" />
  ) : (
    <Radios {...props} choices={YES_NO} layout="row" />
  );
}

export const booleanKind: ItemKind<BooleanDefinition> = {
  kind: "boolean",
  takesAnswers: true,
  isGroup: () => true,
  draw: ({ item, ...props }) => <YesNo {...props} />,
  show: (value) => YES_NO.find(({ code }) => code === value)?.label ?? value,
  unfinished: finished,
};
