/** Over the picture: which item of the form the next mark will answer, and the way out. */

import { useStore } from "zustand";
import { useDrawing, useDrawingState } from "../drawing/context";
import { KIND_WORDS } from "../drawing/marks";
import { useKeys } from "../keys/useKeys";
import { X } from "../parts/icons";
import classes from "./ArmedBar.module.css";
import type { ViewerStore } from "./store";
import { isMarkTool } from "./toolMarks";

export function ArmedBar({ store }: { store: ViewerStore }) {
  const drawing = useDrawing();
  const armed = useDrawingState((state) => state.armed);
  const tool = useStore(store, (state) => state.tool);
  useKeys({ Escape: () => drawing.arm(null) }, armed !== null);
  if (armed === null) return null;
  const kinds = armed.kinds.filter(isMarkTool);
  return (
    <div className={classes.bar} role="status" data-testid="armed">
      <span>
        Draw <strong>{armed.label}</strong>
      </span>
      {kinds.length > 1 &&
        kinds.map((kind) => (
          <button
            key={kind}
            type="button"
            aria-pressed={kind === tool}
            onClick={() => store.setState({ tool: kind })}
          >
            {KIND_WORDS[kind]}
          </button>
        ))}
      <button type="button" aria-label="Stop drawing (Esc)" onClick={() => drawing.arm(null)}>
        <X size={14} aria-hidden />
      </button>
    </div>
  );
}
