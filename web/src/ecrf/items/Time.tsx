import type { TimeDefinition } from "../definition";
import type { ItemKind } from "./kind";
import { TypedInput } from "./TypedInput";

export const timeKind: ItemKind<TimeDefinition> = {
  kind: "time",
  takesAnswers: true,
  isGroup: () => false,
  draw: ({ item: _item, labelId: _label, ...props }) => (
    <TypedInput {...props} placeholder="14:05" />
  ),
  show: (value) => value,
  unfinished: (value) =>
    /^\d{1,2}:\d{2}(:\d{2})?$/.test(value.trim()) ? null : "Type a time, such as 14:05.",
};
