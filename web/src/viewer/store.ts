/** The state of one viewer: what is shown and how, and the commands its toolbar and keys share. */

import { createStore } from "zustand/vanilla";
import type { EdgeLabels } from "./orientation";
import type { MarkTool } from "./toolMarks";

export type Tool = "window" | "pan" | "zoom" | "scroll" | MarkTool;

/** What the viewport can be told to do; absent while no images are on the screen. */
export interface ViewportCommands {
  goTo(index: number): void;
  setWindow(width: number, center: number): void;
  setInverted(inverted: boolean): void;
  reset(): void;
  /** The place of an image in the series on the screen, or -1. */
  placeOf(instance: string, frame: number): number;
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
