import { Select } from "@mantine/core";
import type { ChoiceDefinition } from "../definition";
import { finished, type ItemKind, type ItemProps } from "./kind";
import { Radios } from "./Radios";

/** More than this many choices are searched for in a list instead of shown all at once. */
const MOST_RADIOS = 7;
const LONG_LABEL = 24;

function ChoiceWidget({ item, ...props }: ItemProps<ChoiceDefinition>) {
  if (item.code_list.length <= MOST_RADIOS) {
    const long = item.code_list.some(({ label }) => label.length > LONG_LABEL);
    return <Radios {...props} choices={item.code_list} layout={long ? "column" : "row"} />;
  }
  return (
    <Select
      id={props.id}
      data={item.code_list.map(({ code, label }) => ({ value: code, label }))}
      value={props.value === "" ? null : props.value}
      disabled={props.disabled}
      error={props.invalid}
      searchable
      clearable
      placeholder="Choose"
      nothingFoundMessage="Nothing fits"
      aria-labelledby={props.labelId}
      aria-describedby={props.describedBy}
      aria-required={props.required}
      onChange={(code) => props.onChange(code ?? "")}
    />
  );
}

export const choiceKind: ItemKind<ChoiceDefinition> = {
  kind: "choice",
  takesAnswers: true,
  isGroup: () => true,
  draw: (props) => <ChoiceWidget {...props} />,
  show: (value, item) => item.code_list.find(({ code }) => code === value)?.label ?? value,
  unfinished: finished,
};
