/** The lengths drawn on this series; choosing one shows its image. */

import { useStore } from "zustand";
import { Trash } from "../parts/icons";
import classes from "./Measurements.module.css";
import type { Measurement, ViewerStore } from "./store";

function words({ millimetres, pixels }: Measurement): string {
  if (millimetres !== null) return `${millimetres.toFixed(1)} mm`;
  return pixels === null ? "…" : `${pixels.toFixed(0)} px`;
}

export function Measurements({ store }: { store: ViewerStore }) {
  const { measurements, commands } = useStore(store);
  if (measurements.length === 0) return null;
  return (
    <section className={classes.measurements} aria-label="Lengths measured on this series">
      <h2>Lengths</h2>
      <ul>
        {measurements.map((one) => (
          <li key={one.id} data-testid="measurement">
            <button
              type="button"
              className={classes.show}
              onClick={() => commands?.showMeasurement(one.id)}
            >
              {words(one)} <span>image {one.imageIndex + 1}</span>
            </button>
            <button
              type="button"
              className={classes.remove}
              aria-label={`Remove the length of ${words(one)}`}
              onClick={() => commands?.removeMeasurement(one.id)}
            >
              <Trash size={13} />
            </button>
          </li>
        ))}
      </ul>
      <p>Not stored with the read: type the value into the form.</p>
    </section>
  );
}
