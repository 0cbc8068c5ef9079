/** The state of one viewer: what is shown and how, and the commands its toolbar and keys share. */

import { createStore } from "zustand/vanilla";
import type { EdgeLabels } from "./orientation";

export type Tool = "window" | "pan" | "zoom" | "scroll" | "length";

export interface Measurement {
  id: string;
  millimetres: number | null;
  pixels: number | null;
  imageIndex: number;
}

/** What the viewport can be told to do; absent while no images are on the screen. */
export interface ViewportCommands {
  goTo(index: number): void;
  setWindow(width: number, center: number): void;
  setInverted(inverted: boolean): void;
  reset(): void;
  showMeasurement(id: string): void;
  removeMeasurement(id: string): void;
}

export type Loading =
  | { kind: "idle" }
  | { kind: "metadata" }
  | { kind: "images" }
  | { kind: "shown" }
  | { kind: "failed"; message: string };

export interface ViewerState {
  seriesUid: string | null;
  tool: Tool;
  index: number;
  count: number;
  loaded: number;
  loading: Loading;
  rendered: boolean;
  window: { width: number; center: number } | null;
  zoom: number;
  inverted: boolean;
  edges: EdgeLabels | null;
  measurements: readonly Measurement[];
  commands: ViewportCommands | null;
}

const NOTHING_SHOWN = {
  index: 0,
  count: 0,
  loaded: 0,
  loading: { kind: "idle" },
  rendered: false,
  window: null,
  zoom: 1,
  inverted: false,
  edges: null,
  measurements: [],
} as const satisfies Partial<ViewerState>;

export function createViewerStore(seriesUid: string | null) {
  return createStore<ViewerState>(() => ({
    ...NOTHING_SHOWN,
    seriesUid,
    tool: "window",
    commands: null,
  }));
}

export type ViewerStore = ReturnType<typeof createViewerStore>;

export function chooseSeries(store: ViewerStore, seriesUid: string): void {
  if (store.getState().seriesUid !== seriesUid) store.setState({ ...NOTHING_SHOWN, seriesUid });
}

/** Move by so many images, stopping at both ends. */
export function step(store: ViewerStore, by: number): void {
  const { index, count, commands } = store.getState();
  if (count === 0) return;
  const to = Math.min(count - 1, Math.max(0, index + by));
  if (to !== index) commands?.goTo(to);
}
