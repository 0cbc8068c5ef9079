import { Textarea } from "@mantine/core";
import type { LongTextDefinition } from "../definition";
import { finished, type ItemKind } from "./kind";

export const longTextKind: ItemKind<LongTextDefinition> = {
  kind: "long_text",
  takesAnswers: true,
  isGroup: () => false,
  draw: ({ item, id, value, describedBy, invalid, disabled, required, onChange }) => (
    <Textarea
      id={id}
      value={value}
      disabled={disabled}
      error={invalid}
      maxLength={item.max_length}
      autosize
      minRows={3}
      maxRows={16}
      aria-describedby={describedBy}
      aria-required={required}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  ),
  show: (value) => value,
  unfinished: finished,
};
