import type { ImageLinkDefinition } from "../definition";
import { finished, type ItemKind } from "./kind";
import { TypedInput } from "./TypedInput";

export const imageLinkKind: ItemKind<ImageLinkDefinition> = {
  kind: "image_link",
  takesAnswers: true,
  isGroup: () => false,
  draw: ({ item, labelId: _, ...props }) => (
    <TypedInput
      {...props}
      placeholder={item.points_at === "series" ? "series:<uid>" : "image:<uid>#<frame>"}
    />
  ),
  show: (value) => value,
  unfinished: finished,
};
