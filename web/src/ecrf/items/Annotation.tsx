import { useDrawing, usePlace } from "../../drawing/context";
import { counted } from "../../words/numbers";
import { pathOf } from "../address";
import type { AnnotationDefinition } from "../definition";
import { DrawButton, MarkChip, useMarksOf } from "./Drawn";
import classes from "./Drawn.module.css";
import { finished, type ItemKind, type ItemProps } from "./kind";

const marksIn = (value: string) => value.split(" ").filter(Boolean).length;

function AnnotationWidget({ item, id, labelId, describedBy }: ItemProps<AnnotationDefinition>) {
  const drawing = useDrawing();
  const place = usePlace();
  const marks = useMarksOf(place === null ? null : pathOf(place.address));
  return (
    <div className={classes.row}>
      {marks.map((mark) => (
        <MarkChip key={mark.id} mark={mark} onRemove={() => drawing.removed(mark.id)} />
      ))}
      {marks.length < (item.most ?? 1) && (
        <DrawButton id={id} labelId={labelId} describedBy={describedBy} kinds={item.tools}>
          {marks.length === 0 ? "Mark it" : "Mark another"}
        </DrawButton>
      )}
    </div>
  );
}

export const annotationKind: ItemKind<AnnotationDefinition> = {
  kind: "annotation",
  takesAnswers: true,
  isGroup: () => true,
  draw: (props) => <AnnotationWidget {...props} />,
  show: (value) => counted(marksIn(value), "mark"),
  unfinished: finished,
};
