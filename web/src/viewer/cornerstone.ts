/** Cornerstone3D, started once per page in the order that works, with the tools we offer. */

import * as core from "@cornerstonejs/core";
import dicomImageLoader from "@cornerstonejs/dicom-image-loader";
import * as tools from "@cornerstonejs/tools";
import type { Tool } from "./store";
import { isMarkTool } from "./toolMarks";

const MOST_DECODERS = 4;

/** Decoded images kept in memory; a stack of 500 slices of 512 × 512 at 16 bit fits twice. */
const CACHE_BYTES = 768 * 1024 * 1024;

export const TOOL_NAMES: Readonly<Record<Tool, string>> = {
  window: tools.WindowLevelTool.toolName,
  pan: tools.PanTool.toolName,
  zoom: tools.ZoomTool.toolName,
  scroll: tools.StackScrollTool.toolName,
  length: tools.LengthTool.toolName,
  bidirectional: tools.BidirectionalTool.toolName,
  angle: tools.AngleTool.toolName,
  box: tools.RectangleROITool.toolName,
  ellipse: tools.EllipticalROITool.toolName,
  polygon: tools.PlanarFreehandROITool.toolName,
  point: tools.ProbeTool.toolName,
};

let started: Promise<void> | null = null;

/** Start the libraries, or wait for the start that is under way (StrictMode mounts twice). */
export function startCornerstone(): Promise<void> {
  started ??= start();
  return started;
}

async function start(): Promise<void> {
  await core.init();
  core.cache.setMaxCacheSize(CACHE_BYTES);
  const cores = navigator.hardwareConcurrency || 2;
  dicomImageLoader.init({ maxWebWorkers: Math.max(1, Math.min(MOST_DECODERS, cores - 1)) });
  tools.init();
  for (const tool of [
    tools.WindowLevelTool,
    tools.PanTool,
    tools.ZoomTool,
    tools.StackScrollTool,
    tools.LengthTool,
    tools.BidirectionalTool,
    tools.AngleTool,
    tools.RectangleROITool,
    tools.EllipticalROITool,
    tools.PlanarFreehandROITool,
    tools.ProbeTool,
  ]) {
    tools.addTool(tool);
  }
  styleMeasurements();
}

const MEASUREMENT_COLOR = "rgb(240 200 110)";

/** Lines and numbers that stand out on greys without hiding what is measured. */
function styleMeasurements(): void {
  const { style } = tools.annotation.config;
  const defaults = style.getDefaultToolStyles();
  style.setDefaultToolStyles({
    ...defaults,
    global: {
      ...defaults.global,
      color: MEASUREMENT_COLOR,
      colorHighlighted: "rgb(255 230 160)",
      colorSelected: "rgb(255 230 160)",
      lineWidth: "1.5",
      lineDash: "",
      textBoxColor: MEASUREMENT_COLOR,
      textBoxColorHighlighted: "rgb(255 230 160)",
      textBoxColorSelected: "rgb(255 230 160)",
      textBoxFontFamily: "IBM Plex Sans Variable, sans-serif",
      textBoxFontSize: "14px",
    },
  });
}

const OUTLINE = { allowOpenContours: false, calculateStats: true };

const REGIONS: ReadonlySet<string> = new Set([
  TOOL_NAMES.box,
  TOOL_NAMES.ellipse,
  TOOL_NAMES.polygon,
]);

interface RegionStats {
  area?: number;
  areaUnit?: string;
  mean?: number;
  stdDev?: number;
  modalityUnit?: string;
}

/** What stands beside a region: its area and grey values; the numbers kept are the server's. */
function regionWords(data: { cachedStats: Record<string, RegionStats> }, targetId: string) {
  const { area, areaUnit, mean, stdDev, modalityUnit } = data.cachedStats[targetId] ?? {};
  const words: string[] = [];
  if (Number.isFinite(area)) words.push(`${area?.toFixed(1)} ${areaUnit ?? ""}`);
  if (Number.isFinite(mean)) {
    words.push(`${mean?.toFixed(0)} ± ${stdDev?.toFixed(0)} ${modalityUnit ?? ""}`);
  }
  return words;
}

/** Tools bound as the help sheet says: left the chosen one, right zoom, middle move, wheel scroll. */
export function createToolGroup(id: string, viewportId: string, renderingEngineId: string): void {
  const group = tools.ToolGroupManager.createToolGroup(id);
  if (group === undefined) throw new Error(`The tool group ${id} exists already.`);
  for (const name of Object.values(TOOL_NAMES)) {
    // An outline is closed where it began, and each of its points is kept: nothing is smoothed.
    const outline = name === TOOL_NAMES.polygon ? OUTLINE : {};
    group.addTool(name, REGIONS.has(name) ? { ...outline, getTextLines: regionWords } : outline);
  }
  group.addViewport(viewportId, renderingEngineId);
  bindTool(id, "window");
}

/** Give the left button to a tool and leave the others; what is locked is shown and not moved. */
export function bindTool(groupId: string, chosen: Tool, locked = false): void {
  const group = tools.ToolGroupManager.getToolGroup(groupId);
  if (group === undefined) return;
  const { Primary, Secondary, Auxiliary, Wheel } = tools.Enums.MouseBindings;
  const standing: Partial<Record<Tool, number[]>> = {
    zoom: [Secondary],
    pan: [Auxiliary],
    scroll: [Wheel],
  };
  for (const tool of Object.keys(TOOL_NAMES) as Tool[]) {
    const buttons = [...(standing[tool] ?? []), ...(tool === chosen ? [Primary] : [])];
    if (buttons.length === 0) {
      if (locked && isMarkTool(tool as never)) group.setToolEnabled(TOOL_NAMES[tool]);
      else group.setToolPassive(TOOL_NAMES[tool]);
    }
    if (buttons.length > 0) {
      group.setToolActive(TOOL_NAMES[tool], {
        bindings: buttons.map((mouseButton) => ({ mouseButton })),
      });
    }
  }
}

export function destroyToolGroup(id: string): void {
  tools.ToolGroupManager.destroyToolGroup(id);
}

export { core, dicomImageLoader, tools };
