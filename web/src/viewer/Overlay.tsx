/** What stands over the picture: series, place in the stack, window, sides, progress, failures. */

import { Loader } from "@mantine/core";
import { useStore } from "zustand";
import classes from "./Overlay.module.css";
import type { ViewerStore } from "./store";

interface OverlayProps {
  store: ViewerStore;
  title: string;
  onRetry(): void;
}

export function Overlay({ store, title, onRetry }: OverlayProps) {
  const { index, count, loaded, loading, window: grey, zoom, edges, rendered } = useStore(store);
  return (
    <div className={classes.overlay}>
      <div className={classes.topLeft}>{title}</div>
      {count > 0 && (
        <div className={classes.topRight}>
          {index + 1} / {count}
          {loaded < count && (
            <span className={classes.faint}>
              {loaded} of {count} loaded
            </span>
          )}
        </div>
      )}
      {grey && (
        <div className={classes.bottomLeft}>
          W {Math.round(grey.width)} L {Math.round(grey.center)}
        </div>
      )}
      {grey && <div className={classes.bottomRight}>{zoom.toFixed(2)}×</div>}
      {edges && (
        <>
          <span className={classes.left}>{edges.left}</span>
          <span className={classes.right}>{edges.right}</span>
          <span className={classes.top}>{edges.top}</span>
          <span className={classes.bottom}>{edges.bottom}</span>
        </>
      )}
      {loading.kind === "failed" ? (
        <div className={classes.message} role="alert">
          <p>{loading.message}</p>
          <button type="button" onClick={onRetry}>
            Try again
          </button>
        </div>
      ) : (
        !rendered && (
          <div className={classes.busy} role="status">
            <Loader size="xs" color="gray.4" />
            {loading.kind === "metadata" ? "Opening the series …" : "Loading …"}
          </div>
        )
      )}
    </div>
  );
}
