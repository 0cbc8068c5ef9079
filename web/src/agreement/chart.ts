/** The forest plot: one row per pair of readers under each item, a point with its 95 % interval. */

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

export interface Plot {
  rows: readonly Agreement[];
  axisTitle: string;
  width: number;
  colors: ChartColors;
}

const FONT = "IBM Plex Sans Variable, system-ui, sans-serif";
const ROW_HEIGHT = 24;
const NAMES_WIDTH = 260;
const NARROWEST = 280;

export function forestPlot({ rows, axisTitle, width, colors }: Plot): TopLevelSpec {
  const drawn = rows.filter(({ value }) => value !== null);
  const items = [...new Set(drawn.map(({ item }) => item))];
  const lowest = Math.min(0, ...drawn.map(({ low, value }) => low ?? value ?? 0));
  const domain: [number, number] = [Math.floor(lowest * 5) / 5, 1];
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    vconcat: items.map((item, at) => ({
      title: item,
      width: Math.max(NARROWEST, width - NAMES_WIDTH),
      height: { step: ROW_HEIGHT },
      data: { values: drawn.filter((row) => row.item === item).map((row) => ({ ...row })) },
      ...panel(domain, at === items.length - 1 ? `${axisTitle}, 95 % interval` : null, colors),
    })),
    spacing: 14,
    config: {
      background: "transparent",
      font: FONT,
      view: { stroke: null },
      title: { anchor: "start", color: colors.ink, fontSize: 12, fontWeight: 600, offset: 6 },
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

/** One item: its pairs from top to bottom; only the last item carries the axis. */
function panel(domain: [number, number], title: string | null, colors: ChartColors) {
  const x = {
    type: "quantitative" as const,
    scale: { domain },
    axis: { title, tickCount: 6, grid: true },
  };
  return {
    encoding: {
      y: {
        field: "pair",
        type: "nominal" as const,
        sort: null,
        axis: { title: null, labelLimit: NAMES_WIDTH - 30, minExtent: NAMES_WIDTH - 30 },
      },
      color: {
        field: "isAll",
        type: "nominal" as const,
        legend: null,
        scale: { domain: [false, true], range: [colors.point, colors.all] },
      },
    },
    layer: [
      {
        mark: { type: "rule" as const, strokeWidth: 2 },
        encoding: { x: { ...x, field: "low" }, x2: { field: "high" } },
      },
      {
        mark: { type: "point" as const, filled: true, size: 75, opacity: 1 },
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
  };
}
