/** Series, tools, picture, slider: the whole viewer, always on a dark surround. */

import { type ReactNode, useEffect, useState } from "react";
import { useStore } from "zustand";
import { type KeyCommands, useKeys } from "../keys/useKeys";
import { Measurements } from "./Measurements";
import { presetsFor } from "./presets";
import { SeriesStrip } from "./SeriesStrip";
import { StackView } from "./StackView";
import type { ShownSeries } from "./series";
import { forgetMeasurements } from "./stack";
import { chooseSeries, createViewerStore, step, type Tool, type ViewerStore } from "./store";
import { Toolbar } from "./Toolbar";
import classes from "./Viewer.module.css";

const PAGE_OF_IMAGES = 10;
const TOOL_KEYS: Readonly<Record<string, Tool>> = {
  w: "window",
  p: "pan",
  z: "zoom",
  s: "scroll",
  l: "length",
};

interface ViewerProps {
  series: readonly ShownSeries[];
  actions?: ReactNode;
}

export function Viewer({ series, actions }: ViewerProps) {
  const shown = series.filter((one) => one.displayable);
  const [store] = useState(() => createViewerStore(shown[0]?.seriesUid ?? null));
  const seriesUid = useStore(store, (state) => state.seriesUid);
  const current = shown.find((one) => one.seriesUid === seriesUid) ?? shown[0];
  useKeys(keysFor(store, shown, current));
  useEffect(() => forgetMeasurements, []);

  if (current === undefined) {
    return (
      <section className={classes.viewer} aria-label="Images">
        <p className={classes.empty}>This task has no images that a browser can show.</p>
      </section>
    );
  }
  return (
    <section className={classes.viewer} aria-label="Images">
      <Toolbar store={store} modality={current.modality}>
        {actions}
      </Toolbar>
      <div className={classes.middle}>
        {/* Lengths stand in the strip: a list that came up below would move the picture while one
            is being drawn. */}
        <SeriesStrip store={store} series={series}>
          <Measurements store={store} />
        </SeriesStrip>
        <div className={classes.stage}>
          <StackView store={store} address={current} title={current.title} />
          <ImageSlider store={store} />
        </div>
      </div>
    </section>
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
  for (const [key, tool] of Object.entries(TOOL_KEYS)) keys[key] = () => store.setState({ tool });
  for (const [at, { width, center }] of presetsFor(current?.modality ?? "").entries()) {
    keys[String(at + 1)] = () => state().commands?.setWindow(width, center);
  }
  return keys;
}
