import type { DateDefinition } from "../definition";
import type { ItemKind } from "./kind";
import { TypedInput } from "./TypedInput";

const FORMS = {
  day: { pattern: /^\d{4}-\d{2}-\d{2}$/, example: "2026-03-01" },
  month: { pattern: /^\d{4}-\d{2}(-\d{2})?$/, example: "2026-03-01 or 2026-03" },
  year: { pattern: /^\d{4}(-\d{2}){0,2}$/, example: "2026-03-01, 2026-03 or 2026" },
} as const;

const formOf = (item: DateDefinition) => FORMS[item.least ?? "day"];

export const dateKind: ItemKind<DateDefinition> = {
  kind: "date",
  takesAnswers: true,
  isGroup: () => false,
  draw: ({ item, labelId: _, ...props }) => (
    <TypedInput {...props} placeholder={formOf(item).example} />
  ),
  show: (value) => value,
  unfinished: (value, item) =>
    formOf(item).pattern.test(value.trim()) ? null : `Type a date: ${formOf(item).example}.`,
};
