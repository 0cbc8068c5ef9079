/** The series to choose from, each with a picture; series no browser can show say so. */

import type { ReactNode } from "react";
import { useStore } from "zustand";
import { Thumbnail } from "../images/Thumbnail";
import { counted } from "../words/numbers";
import classes from "./SeriesStrip.module.css";
import type { ShownSeries } from "./series";
import { chooseSeries, type ViewerStore } from "./store";

interface SeriesStripProps {
  store: ViewerStore;
  series: readonly ShownSeries[];
  children?: ReactNode;
}

export function SeriesStrip({ store, series, children }: SeriesStripProps) {
  const chosen = useStore(store, (state) => state.seriesUid);
  return (
    <div className={classes.strip}>
      <nav aria-label="Series">
        <ul className={classes.list}>
          {series.map((one) => (
            <li key={one.seriesUid}>
              <button
                type="button"
                className={classes.series}
                aria-current={one.seriesUid === chosen}
                disabled={!one.displayable}
                data-series-uid={one.seriesUid}
                onClick={() => chooseSeries(store, one.seriesUid)}
              >
                <Thumbnail
                  address={one.displayable ? one.thumbnail : null}
                  what={`series ${one.title}`}
                />
                <span className={classes.title}>{one.title}</span>
                <span className={classes.about}>
                  {one.displayable
                    ? `${one.modality} · ${counted(one.frames, "image")}`
                    : `${one.modality} · no images`}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      {children}
    </div>
  );
}
