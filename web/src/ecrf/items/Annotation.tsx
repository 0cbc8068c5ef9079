import { counted } from "../../words/numbers";
import type { AnnotationDefinition } from "../definition";
import { finished, type ItemKind } from "./kind";

const marksIn = (value: string) => value.split(" ").filter(Boolean).length;

export const annotationKind: ItemKind<AnnotationDefinition> = {
  kind: "annotation",
  takesAnswers: true,
  isGroup: () => true,
  draw: ({ id, value, describedBy }) => (
    <output id={id} aria-describedby={describedBy}>
      {value === "" ? "Draw it on the images" : counted(marksIn(value), "mark")}
    </output>
  ),
  show: (value) => counted(marksIn(value), "mark"),
  unfinished: finished,
};
