import { counted } from "../../words/numbers";
import type { SegmentationDefinition } from "../definition";
import { finished, type ItemKind } from "./kind";

const outlinesIn = (value: string) => value.split(" ").filter(Boolean).length;

export const segmentationKind: ItemKind<SegmentationDefinition> = {
  kind: "segmentation",
  takesAnswers: true,
  isGroup: () => true,
  draw: ({ id, value, describedBy }) => (
    <output id={id} aria-describedby={describedBy}>
      {value === "" ? "Outline it on the images" : counted(outlinesIn(value), "outline")}
    </output>
  ),
  show: (value) => counted(outlinesIn(value), "outline"),
  unfinished: finished,
};
