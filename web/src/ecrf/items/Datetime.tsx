import type { DatetimeDefinition } from "../definition";
import type { ItemKind } from "./kind";
import { TypedInput } from "./TypedInput";

const MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?$/;

export const datetimeKind: ItemKind<DatetimeDefinition> = {
  kind: "datetime",
  takesAnswers: true,
  isGroup: () => false,
  draw: ({ item: _item, labelId: _label, ...props }) => (
    <TypedInput {...props} placeholder="2026-03-01 14:05" />
  ),
  show: (value) => value.replace("T", " "),
  unfinished: (value) =>
    MOMENT.test(value.trim()) ? null : "Type a day and a time, such as 2026-03-01 14:05.",
};
