/** One short text of a given form, such as a date; the placeholder shows the form. */

import { TextInput } from "@mantine/core";
import type { ItemProps } from "./kind";

interface TypedInputProps extends Omit<ItemProps, "item" | "labelId"> {
  placeholder: string;
}

export function TypedInput({
  id,
  value,
  describedBy,
  invalid,
  disabled,
  required,
  placeholder,
  onChange,
}: TypedInputProps) {
  return (
    <TextInput
      id={id}
      value={value}
      disabled={disabled}
      error={invalid}
      placeholder={placeholder}
      autoComplete="off"
      maw={220}
      aria-describedby={describedBy}
      aria-required={required}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
