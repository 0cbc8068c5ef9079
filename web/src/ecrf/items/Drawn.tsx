/** What every drawn item shows: its marks, each a way back to its image, and how to draw one. */

import type { ReactNode } from "react";
import { useStore } from "zustand";
import type { AnnotationKind } from "../../api/types";
import { useDrawing, usePlace } from "../../drawing/context";
import { boundTo, KIND_WORDS, type Mark, wordsOf } from "../../drawing/marks";
import { Locate, Ruler, Trash, X } from "../../parts/icons";
import { pathOf } from "../address";
import classes from "./Drawn.module.css";

/** The marks that answer an item, the oldest first. */
export function useMarksOf(path: string | null): readonly Mark[] {
  const marks = useStore(useDrawing().store, (state) => state.marks);
  return path === null ? [] : [...marks.values()].filter((mark) => boundTo(mark, path));
}

interface MarkChipProps {
  mark: Mark;
  children?: ReactNode;
  onRemove?: (() => void) | undefined;
}

/** One mark: its words lead back to the image it lies on. */
export function MarkChip({ mark, children, onRemove }: MarkChipProps) {
  const drawing = useDrawing();
  const selected = useStore(drawing.store, (state) => state.selected === mark.id);
  return (
    <span className={classes.chip} data-selected={selected || undefined} data-testid="item-mark">
      <button
        type="button"
        className={classes.show}
        title="Show it on the image"
        onClick={() => drawing.show(mark.id)}
      >
        <Locate size={14} aria-hidden />
        {children ?? wordsOf(mark)}
      </button>
      {onRemove && (
        <button
          type="button"
          className={classes.remove}
          aria-label={`Remove this ${KIND_WORDS[mark.geometry.kind].toLowerCase()}`}
          onClick={onRemove}
        >
          <Trash size={13} aria-hidden />
        </button>
      )}
    </span>
  );
}

interface DrawButtonProps {
  id: string;
  labelId: string;
  describedBy: string | undefined;
  kinds: readonly AnnotationKind[];
  children: ReactNode;
}

/** The next mark that is drawn answers this item. */
export function DrawButton({ id, labelId, describedBy, kinds, children }: DrawButtonProps) {
  const drawing = useDrawing();
  const place = usePlace();
  const { armed, editable } = useStore(drawing.store);
  if (place === null) return null;
  const path = pathOf(place.address);
  const isArmed = armed !== null && pathOf(armed.address) === path;
  return (
    <button
      type="button"
      id={id}
      className={classes.draw}
      aria-describedby={describedBy}
      aria-label={isArmed ? `Stop drawing ${place.label}` : undefined}
      aria-labelledby={isArmed ? undefined : `${id} ${labelId}`}
      aria-pressed={isArmed}
      disabled={!editable}
      onClick={() =>
        drawing.arm(isArmed ? null : { address: place.address, label: place.label, kinds })
      }
    >
      {isArmed ? <X size={15} aria-hidden /> : <Ruler size={15} aria-hidden />}
      {isArmed ? "Draw it on the images …" : children}
    </button>
  );
}

/** An answer that is not being edited: its words, or where it was drawn the ways to its marks. */
export function ShownMarks({ path, children }: { path: string; children: ReactNode }) {
  const marks = useMarksOf(path);
  const reason = useStore(useDrawing().store, (state) => state.byHand.get(path));
  const [only, ...others] = marks;
  return (
    <>
      {only === undefined && children}
      {only !== undefined && others.length === 0 && <MarkChip mark={only}>{children}</MarkChip>}
      {others.length > 0 && marks.map((mark) => <MarkChip key={mark.id} mark={mark} />)}
      {reason !== undefined && <span className={classes.reason}>Typed: {reason}</span>}
    </>
  );
}
