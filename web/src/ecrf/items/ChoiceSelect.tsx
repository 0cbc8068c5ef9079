/** One of several choices in a list that opens: where they are many, or the place is narrow. */

import { Select } from "@mantine/core";
import { createContext } from "react";
import type { Choice } from "../definition";
import type { ItemProps } from "./kind";

/** Whether the item stands in a cell of a table, where choices have no room side by side. */
export const InTableContext = createContext(false);

interface ChoiceSelectProps extends Omit<ItemProps, "item"> {
  choices: readonly Choice[];
  size: "xs" | "sm";
}

export function ChoiceSelect({ choices, size, ...props }: ChoiceSelectProps) {
  return (
    <Select
      id={props.id}
      size={size}
      data={choices.map(({ code, label }) => ({ value: code, label }))}
      value={props.value === "" ? null : props.value}
      disabled={props.disabled}
      error={props.invalid}
      searchable
      clearable={size !== "xs"}
      placeholder="Choose"
      nothingFoundMessage="Nothing fits"
      aria-labelledby={props.labelId}
      aria-describedby={props.describedBy}
      aria-required={props.required}
      comboboxProps={{ width: "max-content", position: "bottom-start" }}
      onChange={(code) => props.onChange(code ?? "")}
    />
  );
}
