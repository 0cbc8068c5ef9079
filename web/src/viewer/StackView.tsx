/** The picture of one series: loads its metadata, shows its frames, and says when it has drawn. */

import { type RefObject, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { problemOf, sentence, Unreachable } from "../api/problem";
import { useDrawing, useDrawingState } from "../drawing/context";
import type { Drawing } from "../drawing/drawing";
import { startCornerstone } from "./cornerstone";
import type { DicomJson } from "./dicomJson";
import { framesOf, type SeriesAddress, seriesUrl } from "./frames";
import { Overlay } from "./Overlay";
import classes from "./StackView.module.css";
import { Stack } from "./stack";
import type { ViewerStore } from "./store";

interface StackViewProps {
  store: ViewerStore;
  address: SeriesAddress;
  title: string;
}

/** The instances of a series as DICOM JSON (PS3.18 10.4.1.1.2). */
async function fetchMetadata(address: SeriesAddress, signal: AbortSignal): Promise<DicomJson[]> {
  let response: Response;
  try {
    response = await fetch(`${seriesUrl(address)}/metadata`, {
      headers: { Accept: "application/dicom+json" },
      signal,
    });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new Unreachable("No answer came: check the connection and try again.", { cause });
  }
  if (!response.ok) throw problemOf(response, await response.json().catch(() => null));
  return (await response.json()) as DicomJson[];
}

export function StackView({ store, address, title }: StackViewProps) {
  const holder = useRef<HTMLDivElement>(null);
  const drawing = useDrawing();
  const editable = useDrawingState((state) => state.editable);
  const stack = useStack(holder, store, drawing);
  const { index, count, rendered, loading, window: grey, tool } = useStore(store);
  const reload = useSeries(stack, store, address);
  useEffect(() => stack?.bind(tool, !editable), [stack, tool, editable]);

  return (
    <div
      className={classes.viewport}
      role="img"
      aria-label={`${title}, image ${index + 1} of ${count}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys of the viewer act while it has the focus.
      tabIndex={0}
      data-testid="viewport"
      data-rendered={rendered}
      data-image-index={index}
      data-image-count={count}
      data-series-uid={address.seriesUid}
      data-window-width={grey?.width}
      data-window-center={grey?.center}
      data-tool={tool}
      data-loading={loading.kind}
      onContextMenu={(event) => event.preventDefault()}
    >
      <div ref={holder} className={classes.canvas} />
      <Overlay store={store} title={title} onRetry={reload} />
    </div>
  );
}

/** A viewport that lives as long as its element; StrictMode's second mount makes a second one. */
function useStack(
  holder: RefObject<HTMLDivElement | null>,
  store: ViewerStore,
  drawing: Drawing,
): Stack | null {
  const [stack, setStack] = useState<Stack | null>(null);
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    let made: Stack | null = null;
    let left = false;
    const observer = new ResizeObserver(() => made?.resize());
    startCornerstone().then(
      () => {
        if (left) return;
        made = new Stack(element, store, drawing);
        observer.observe(element);
        setStack(made);
      },
      (error: unknown) => {
        const message = `The image viewer did not start (${sentence(error)}). It needs a browser with WebGL 2.`;
        store.setState({ loading: { kind: "failed", message } });
      },
    );
    return () => {
      left = true;
      observer.disconnect();
      made?.destroy();
      setStack(null);
    };
  }, [holder, store, drawing]);
  return stack;
}

/** Show a series and return what tries it again. */
function useSeries(stack: Stack | null, store: ViewerStore, address: SeriesAddress): () => void {
  const { dicomweb, studyUid, seriesUid } = address;
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` starts the load again.
  useEffect(() => {
    if (stack === null) return;
    const leaving = new AbortController();
    store.setState({ loading: { kind: "metadata" } });
    showSeries(stack, { dicomweb, studyUid, seriesUid }, leaving.signal).catch((error: unknown) => {
      if (leaving.signal.aborted) return;
      store.setState({ loading: { kind: "failed", message: sentence(error) } });
    });
    return () => leaving.abort();
  }, [stack, store, dicomweb, studyUid, seriesUid, attempt]);
  return () => setAttempt((before) => before + 1);
}

async function showSeries(stack: Stack, address: SeriesAddress, signal: AbortSignal) {
  const instances = await fetchMetadata(address, signal);
  const frames = framesOf(address, instances, window.location.origin);
  if (signal.aborted) return;
  if (frames.length === 0) throw new Error("This series holds nothing that is shown as a picture.");
  await stack.show(frames, 0);
}
