import { Title } from "@mantine/core";
import type { SectionDefinition } from "../definition";
import { finished, type ItemKind } from "./kind";

export const sectionKind: ItemKind<SectionDefinition> = {
  kind: "section",
  takesAnswers: false,
  isGroup: () => false,
  draw: ({ item }) => (
    <Title order={3} size="h5">
      {item.label}
    </Title>
  ),
  show: () => "",
  unfinished: finished,
};
