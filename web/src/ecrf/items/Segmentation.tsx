import { useDrawing, usePlace } from "../../drawing/context";
import { counted } from "../../words/numbers";
import { pathOf } from "../address";
import type { SegmentationDefinition } from "../definition";
import { DrawButton, MarkChip, useMarksOf } from "./Drawn";
import classes from "./Drawn.module.css";
import { finished, type ItemKind, type ItemProps } from "./kind";

const outlinesIn = (value: string) => value.split(" ").filter(Boolean).length;

function SegmentationWidget({ item, id, labelId, describedBy }: ItemProps<SegmentationDefinition>) {
  const drawing = useDrawing();
  const place = usePlace();
  const marks = useMarksOf(place === null ? null : pathOf(place.address));
  return (
    <>
      <div className={classes.row}>
        {marks.map((mark) => (
          <MarkChip key={mark.id} mark={mark} onRemove={() => drawing.removed(mark.id)} />
        ))}
        <DrawButton id={id} labelId={labelId} describedBy={describedBy} kinds={item.tools}>
          {marks.length === 0 ? "Outline it" : "Outline on another slice"}
        </DrawButton>
      </div>
      <p className={classes.said}>One outline on each slice; what they enclose is the region.</p>
    </>
  );
}

export const segmentationKind: ItemKind<SegmentationDefinition> = {
  kind: "segmentation",
  takesAnswers: true,
  isGroup: () => true,
  draw: (props) => <SegmentationWidget {...props} />,
  show: (value) => counted(outlinesIn(value), "outline"),
  unfinished: finished,
};
