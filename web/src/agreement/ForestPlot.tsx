/** Draws the forest plot with Vega, its expressions interpreted: the page allows no eval. */

import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { sentence } from "../api/problem";
import { CHART_COLORS, forestPlot } from "./chart";
import classes from "./ForestPlot.module.css";
import type { Agreement } from "./rows";

interface ForestPlotProps {
  rows: readonly Agreement[];
  axisTitle: string;
}

export function ForestPlot({ rows, axisTitle }: ForestPlotProps) {
  const holder = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme("light");
  const [state, setState] = useState<"drawing" | "drawn" | string>("drawing");

  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    let left = false;
    let clear: (() => void) | null = null;
    draw(element, rows, axisTitle, scheme).then(
      (finalize) => {
        if (left) finalize();
        else {
          clear = finalize;
          setState("drawn");
        }
      },
      (error: unknown) => setState(sentence(error)),
    );
    return () => {
      left = true;
      clear?.();
    };
  }, [rows, axisTitle, scheme]);

  return (
    <figure className={classes.figure} data-chart={state === "drawn" ? "drawn" : "pending"}>
      <div
        ref={holder}
        role="img"
        aria-label={`${axisTitle} of each item and pair of readers with its 95 % interval; the table below holds the same numbers`}
      />
      {state !== "drawing" && state !== "drawn" && (
        <figcaption>
          The chart could not be drawn ({state}). The table below holds its numbers.
        </figcaption>
      )}
    </figure>
  );
}

async function draw(
  element: HTMLDivElement,
  rows: readonly Agreement[],
  axisTitle: string,
  scheme: "light" | "dark",
): Promise<() => void> {
  const [{ default: embed }, { expressionInterpreter }] = await Promise.all([
    import("vega-embed"),
    import("vega-interpreter"),
  ]);
  const plot = forestPlot({
    rows,
    axisTitle,
    width: element.clientWidth,
    colors: CHART_COLORS[scheme],
  });
  const chart = await embed(element, plot, {
    actions: false,
    ast: true,
    expr: expressionInterpreter,
    renderer: "svg",
    tooltip: { theme: scheme === "dark" ? "dark" : "light" },
  });
  return () => chart.finalize();
}
