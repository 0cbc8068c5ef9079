import { Text } from "@mantine/core";
import type { NoteDefinition } from "../definition";
import { finished, type ItemKind } from "./kind";

export const noteKind: ItemKind<NoteDefinition> = {
  kind: "note",
  takesAnswers: false,
  isGroup: () => false,
  draw: ({ item }) => (
    <Text size="sm" c="dimmed">
      {item.label}
    </Text>
  ),
  show: () => "",
  unfinished: finished,
};
