/** How the viewer follows the read's drawing: the armed item's tool, the wanted image, undo. */

import { useEffect } from "react";
import { useStore } from "zustand";
import type { Drawing } from "../drawing/drawing";
import type { DicomJson } from "./dicomJson";
import type { ShownSeries } from "./series";
import { chooseSeries, type ViewerStore } from "./store";
import { isMarkTool } from "./toolMarks";

const SERIES_UID = "0020000E";

/** Take the tool that an item asks for; when it is answered, give the former one back. */
export function useArmedTool(drawing: Drawing, store: ViewerStore): void {
  const armed = useStore(drawing.store, (state) => state.armed);
  useEffect(() => {
    const tool = armed?.kinds.find(isMarkTool);
    if (tool === undefined) return;
    const before = store.getState().tool;
    store.setState({ tool });
    return () => {
      // A tool the reader has chosen meanwhile stays.
      if (store.getState().tool === tool) store.setState({ tool: before });
    };
  }, [armed, store]);
}

/** Show the image that somebody asks for, in whichever series it is. */
export function useWanted(
  drawing: Drawing,
  store: ViewerStore,
  series: readonly ShownSeries[],
  current: ShownSeries | undefined,
): void {
  const asked = useStore(drawing.store, (state) => state.asked);
  const count = useStore(store, (state) => state.count);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each request is answered once, when the series is there.
  useEffect(() => {
    const { wanted } = drawing.store.getState();
    if (wanted === null || current === undefined) return;
    if ("seriesUid" in wanted) {
      chooseSeries(store, wanted.seriesUid);
      drawing.store.setState({ wanted: null });
      return;
    }
    if (count === 0) return;
    const at = store.getState().commands?.placeOf(wanted.instance, wanted.frame) ?? -1;
    if (at >= 0) {
      store.getState().commands?.goTo(at);
      drawing.store.setState({ wanted: null });
      return;
    }
    let left = false;
    void seriesOf(current, wanted.instance).then((uid) => {
      if (!left && uid !== null && series.some((one) => one.seriesUid === uid)) {
        chooseSeries(store, uid);
      }
    });
    return () => {
      left = true;
    };
  }, [asked, count, current?.seriesUid]);
}

/** Ask which series an image is of (QIDO-RS); null where this root has no such image. */
async function seriesOf(
  { dicomweb, studyUid }: ShownSeries,
  instance: string,
): Promise<string | null> {
  const address = `${dicomweb}/studies/${studyUid}/instances?SOPInstanceUID=${instance}`;
  const answer = await fetch(address, { headers: { Accept: "application/dicom+json" } });
  if (!answer.ok || answer.status === 204) return null;
  const [found] = (await answer.json()) as DicomJson[];
  const uid = found?.[SERIES_UID]?.Value?.[0];
  return typeof uid === "string" ? uid : null;
}

/** Ctrl-Z, or ⌘Z, takes the last mark back, unless a person types in a field. */
export function useUndo(drawing: Drawing): void {
  useEffect(() => {
    function listen(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey)) return;
      const { target } = event;
      if (target instanceof Element && target.closest("input, textarea, [contenteditable]")) return;
      if (drawing.undo()) event.preventDefault();
    }
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [drawing]);
}
