import { useContext } from "react";
import type { ChoiceDefinition } from "../definition";
import { ChoiceSelect, InTableContext } from "./ChoiceSelect";
import { finished, type ItemKind, type ItemProps } from "./kind";
import { Radios } from "./Radios";

/** More than this many choices are searched for in a list instead of shown all at once. */
const MOST_RADIOS = 7;
const LONG_LABEL = 24;

function ChoiceWidget({ item, ...props }: ItemProps<ChoiceDefinition>) {
  const inTable = useContext(InTableContext);
  if (!inTable && item.code_list.length <= MOST_RADIOS) {
    const long = item.code_list.some(({ label }) => label.length > LONG_LABEL);
    return <Radios {...props} choices={item.code_list} layout={long ? "column" : "row"} />;
  }
  return <ChoiceSelect {...props} choices={item.code_list} size={inTable ? "xs" : "sm"} />;
}

export const choiceKind: ItemKind<ChoiceDefinition> = {
  kind: "choice",
  takesAnswers: true,
  isGroup: () => true,
  draw: (props) => <ChoiceWidget {...props} />,
  show: (value, item) => item.code_list.find(({ code }) => code === value)?.label ?? value,
  unfinished: finished,
};
