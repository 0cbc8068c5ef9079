import { Textarea, TextInput } from "@mantine/core";
import type { TextDefinition } from "../definition";
import { finished, type ItemKind, type ItemProps } from "./kind";

function TextWidget({
  item,
  id,
  describedBy,
  value,
  invalid,
  disabled,
  required,
  onChange,
}: ItemProps<TextDefinition>) {
  const shared = {
    id,
    value,
    disabled,
    error: invalid,
    maxLength: item.max_length,
    "aria-describedby": describedBy,
    "aria-required": required,
  };
  if (!item.multiline) {
    return <TextInput {...shared} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
  return (
    <Textarea
      {...shared}
      autosize
      minRows={2}
      maxRows={8}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export const textKind: ItemKind<TextDefinition> = {
  kind: "text",
  takesAnswers: true,
  isGroup: () => false,
  draw: (props) => <TextWidget {...props} />,
  show: (value) => value,
  unfinished: finished,
};
