/** The forest plot: one row per item and pair of readers, a point with its 95 % interval. */

import type { TopLevelSpec } from "vega-lite";
import type { Agreement } from "./rows";

export interface ChartColors {
  ink: string;
  faint: string;
  line: string;
  point: string;
  all: string;
}

export const CHART_COLORS: Readonly<Record<"light" | "dark", ChartColors>> = {
  light: { ink: "#1d262d", faint: "#566570", line: "#e2e8eb", point: "#1f8592", all: "#b06a00" },
  dark: { ink: "#d7dee4", faint: "#9dabb7", line: "#2b353f", point: "#50a3ae", all: "#e0b35a" },
};

const FONT = "IBM Plex Sans Variable, system-ui, sans-serif";
const ROW_HEIGHT = 24;

export function forestPlot(
  rows: readonly Agreement[],
  axisTitle: string,
  colors: ChartColors,
): TopLevelSpec {
  const lowest = Math.min(0, ...rows.map(({ low, value }) => low ?? value ?? 0));
  const domain: [number, number] = [Math.floor(lowest * 5) / 5, 1];
  const x = {
    type: "quantitative" as const,
    scale: { domain },
    axis: { title: `${axisTitle}, 95 % interval`, tickCount: 6, grid: true },
  };
  const y = {
    field: "pair",
    type: "nominal",
    axis: { title: null, labelLimit: 300 },
    sort: null,
  } as const;
  const color = {
    field: "isAll",
    type: "nominal",
    legend: null,
    scale: { domain: [false, true], range: [colors.point, colors.all] },
  } as const;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    data: { values: rows.filter(({ value }) => value !== null).map((row) => ({ ...row })) },
    facet: {
      row: {
        field: "item",
        type: "nominal",
        header: {
          title: null,
          labelAngle: 0,
          labelAlign: "left",
          labelAnchor: "start",
          labelOrient: "top",
          labelFontWeight: 600,
          labelFontSize: 12,
          labelColor: colors.ink,
        },
      },
    },
    spec: {
      width: 520,
      height: { step: ROW_HEIGHT },
      encoding: { y, color },
      layer: [
        {
          mark: { type: "rule", strokeWidth: 2 },
          encoding: { x: { ...x, field: "low" }, x2: { field: "high" } },
        },
        {
          mark: { type: "point", filled: true, size: 75, opacity: 1 },
          encoding: {
            x: { ...x, field: "value" },
            tooltip: [
              { field: "pair", title: "Readers" },
              { field: "value", title: "Value", format: ".3f" },
              { field: "low", title: "From", format: ".3f" },
              { field: "high", title: "To", format: ".3f" },
              { field: "units", title: "Units" },
            ],
          },
        },
      ],
    },
    resolve: { scale: { y: "independent" } },
    spacing: 18,
    config: {
      background: "transparent",
      font: FONT,
      view: { stroke: null },
      axis: {
        labelColor: colors.ink,
        titleColor: colors.faint,
        titleFontWeight: 500,
        gridColor: colors.line,
        domainColor: colors.line,
        tickColor: colors.line,
        labelFontSize: 12,
      },
    },
  };
}
