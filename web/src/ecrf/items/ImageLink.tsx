import { useDrawing, useDrawingState } from "../../drawing/context";
import { Locate, X } from "../../parts/icons";
import type { ImageLinkDefinition } from "../definition";
import classes from "./Drawn.module.css";
import { finished, type ItemKind, type ItemProps } from "./kind";

const LINK = /^(series|image):([0-9.]+)(?:#(\d+))?$/;

function wanted(value: string) {
  const [, kind, uid = "", frame] = LINK.exec(value) ?? [];
  if (kind === undefined) return null;
  return kind === "series" ? { seriesUid: uid } : { instance: uid, frame: Number(frame ?? 1) };
}

function ImageLinkWidget({
  item,
  id,
  labelId,
  describedBy,
  value,
  onChange,
}: ItemProps<ImageLinkDefinition>) {
  const drawing = useDrawing();
  const onScreen = useDrawingState((state) => state.onScreen);
  const asSeries = item.points_at === "series";
  const target = wanted(value);

  function take() {
    if (onScreen === null) return;
    const { instance, frame, seriesUid } = onScreen;
    onChange(asSeries ? `series:${seriesUid}` : `image:${instance}#${frame}`);
  }

  return (
    <div className={classes.row}>
      {target !== null && (
        <span className={classes.chip}>
          <button type="button" className={classes.show} onClick={() => drawing.showImage(target)}>
            <Locate size={14} aria-hidden /> Show the {asSeries ? "series" : "image"}
          </button>
          <button
            type="button"
            className={classes.remove}
            aria-label="Point at nothing"
            onClick={() => onChange("")}
          >
            <X size={13} aria-hidden />
          </button>
        </span>
      )}
      <button
        type="button"
        id={id}
        className={classes.draw}
        aria-labelledby={`${id} ${labelId}`}
        aria-describedby={describedBy}
        disabled={onScreen === null}
        onClick={take}
      >
        {target === null ? "Use" : "Replace with"} the {asSeries ? "series" : "image"} on the screen
      </button>
    </div>
  );
}

export const imageLinkKind: ItemKind<ImageLinkDefinition> = {
  kind: "image_link",
  takesAnswers: true,
  isGroup: () => true,
  draw: (props) => <ImageLinkWidget {...props} />,
  show: (value) => (value.startsWith("series:") ? "A series" : "An image"),
  unfinished: finished,
};
