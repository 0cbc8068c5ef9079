/** Series, tools, picture, slider: the whole viewer, always on a dark surround. */

import { type ReactNode, useContext, useEffect, useState } from "react";
import { useStore } from "zustand";
import type { AnnotationKind } from "../api/types";
import { DrawingContext, useDrawingState } from "../drawing/context";
import { Drawing } from "../drawing/drawing";
import { type KeyCommands, useKeys } from "../keys/useKeys";
import { ArmedBar } from "./ArmedBar";
import { MarkList } from "./Marks";
import { presetsFor } from "./presets";
import { SeriesStrip } from "./SeriesStrip";
import { StackView } from "./StackView";
import type { ShownSeries } from "./series";
import { forgetMarks } from "./stack";
import { chooseSeries, createViewerStore, step, type Tool, type ViewerStore } from "./store";
import { Toolbar } from "./Toolbar";
import { isMarkTool } from "./toolMarks";
import { useArmedTool, useUndo, useWanted } from "./useDrawingTools";
import classes from "./Viewer.module.css";

const PAGE_OF_IMAGES = 10;
const TOOL_KEYS: Readonly<Record<string, Tool>> = {
  w: "window",
  p: "pan",
  z: "zoom",
  s: "scroll",
  l: "length",
  b: "bidirectional",
  a: "angle",
  x: "box",
  o: "ellipse",
  c: "polygon",
  d: "point",
};

/** On images that are no task's, marks are drawn for the eye alone. */
function unsaved(): Drawing {
  const drawing = new Drawing("");
  drawing.connect(() => undefined);
  return drawing;
}

function UnsavedNote() {
  const any = useDrawingState(({ marks }) => marks.size > 0);
  return (
    any && <p className={classes.note}>Not stored: these images belong to no task of yours.</p>
  );
}

interface ViewerProps {
  series: readonly ShownSeries[];
  actions?: ReactNode;
}

export function Viewer({ series, actions }: ViewerProps) {
  const shown = series.filter((one) => one.displayable);
  const [store] = useState(() => createViewerStore(shown[0]?.seriesUid ?? null));
  const seriesUid = useStore(store, (state) => state.seriesUid);
  const current = shown.find((one) => one.seriesUid === seriesUid) ?? shown[0];
  const shared = useContext(DrawingContext);
  const [own] = useState(unsaved);
  const drawing = shared ?? own;
  useKeys(keysFor(store, drawing, shown, current));
  useUndo(drawing);
  useWanted(drawing, store, shown, current);
  useArmedTool(drawing, store);
  useEffect(() => forgetMarks, []);

  if (current === undefined) {
    return (
      <section className={classes.viewer} aria-label="Images">
        <p className={classes.empty}>This task has no images that a browser can show.</p>
      </section>
    );
  }
  return (
    <DrawingContext value={drawing}>
      <section className={classes.viewer} aria-label="Images">
        <Toolbar store={store} modality={current.modality}>
          {actions}
        </Toolbar>
        <div className={classes.middle}>
          {/* Marks stand in the strip: a list that came up below would move the picture while one
            is being drawn. */}
          <SeriesStrip store={store} series={series}>
            <MarkList />
            {shared === null && <UnsavedNote />}
          </SeriesStrip>
          <div className={classes.stage}>
            <StackView store={store} address={current} title={current.title} />
            <ArmedBar store={store} />
            <ImageSlider store={store} />
          </div>
        </div>
      </section>
    </DrawingContext>
  );
}

function ImageSlider({ store }: { store: ViewerStore }) {
  const { index, count, commands } = useStore(store);
  if (count < 2) return null;
  return (
    <div className={classes.slider}>
      <input
        type="range"
        aria-label="Image"
        aria-valuetext={`Image ${index + 1} of ${count}`}
        min={0}
        max={count - 1}
        value={index}
        onChange={(event) => commands?.goTo(event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}

function keysFor(
  store: ViewerStore,
  drawing: Drawing,
  series: readonly ShownSeries[],
  current: ShownSeries | undefined,
): KeyCommands {
  function move(by: number) {
    return (event: KeyboardEvent) => {
      event.preventDefault();
      step(store, by);
    };
  }
  function turn(by: number) {
    const at = current === undefined ? -1 : series.indexOf(current);
    const next = series[at + by];
    if (next !== undefined) chooseSeries(store, next.seriesUid);
  }
  const state = () => store.getState();
  const keys: Record<string, (event: KeyboardEvent) => void> = {
    ArrowDown: move(1),
    ArrowUp: move(-1),
    PageDown: move(PAGE_OF_IMAGES),
    PageUp: move(-PAGE_OF_IMAGES),
    Home: move(Number.NEGATIVE_INFINITY),
    End: move(Number.POSITIVE_INFINITY),
    "[": () => turn(-1),
    "]": () => turn(1),
    i: () => state().commands?.setInverted(!state().inverted),
    r: () => state().commands?.reset(),
  };
  for (const [key, tool] of Object.entries(TOOL_KEYS)) {
    keys[key] = () => {
      if (!isMarkTool(tool as AnnotationKind) || drawing.store.getState().editable) {
        store.setState({ tool });
      }
    };
  }
  const removeSelected = () => {
    const { selected } = drawing.store.getState();
    if (selected !== null) drawing.removed(selected);
  };
  keys.Delete = removeSelected;
  keys.Backspace = removeSelected;
  for (const [at, { width, center }] of presetsFor(current?.modality ?? "").entries()) {
    keys[String(at + 1)] = () => state().commands?.setWindow(width, center);
  }
  return keys;
}
