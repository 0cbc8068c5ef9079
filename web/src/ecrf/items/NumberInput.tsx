/** A number as text: digits stay as typed, because "30.10" says how it was measured. */

import { TextInput } from "@mantine/core";
import type { ItemProps } from "./kind";

interface NumberInputProps extends Omit<ItemProps, "item" | "labelId"> {
  mode: "numeric" | "decimal";
  unit: string;
}

export function NumberInput({
  id,
  value,
  describedBy,
  invalid,
  disabled,
  mode,
  unit,
  required,
  onChange,
}: NumberInputProps) {
  return (
    <TextInput
      id={id}
      value={value}
      disabled={disabled}
      error={invalid}
      inputMode={mode}
      autoComplete="off"
      maw={220}
      aria-describedby={describedBy}
      aria-required={required}
      rightSection={unit === "" ? undefined : <span aria-hidden>{unit}</span>}
      rightSectionWidth={unit.length > 3 ? 72 : 44}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
