/** One stack viewport: it shows frames, reports into the viewer's store, and takes its commands. */

import { sentence } from "../api/problem";
import type { Drawing } from "../drawing/drawing";
import {
  bindTool,
  core,
  createToolGroup,
  destroyToolGroup,
  dicomImageLoader,
  tools,
} from "./cornerstone";
import type { Frame } from "./frames";
import { MarkLayer } from "./markLayer";
import { edgeLabels } from "./orientation";
import { rangeOf, windowOf } from "./presets";
import type { Tool, ViewerStore } from "./store";

const { Events } = core.Enums;

let made = 0;

export class Stack {
  private readonly id: string;
  private readonly engine: core.RenderingEngine;
  private readonly stop: (() => void)[] = [];
  private readonly layer: MarkLayer;
  private frames: readonly Frame[] = [];
  private readonly loadedIds = new Set<string>();

  constructor(
    private readonly element: HTMLDivElement,
    private readonly store: ViewerStore,
    private readonly drawing: Drawing,
  ) {
    made += 1;
    this.id = `stack-${made}`;
    this.engine = new core.RenderingEngine(`engine-${this.id}`);
    this.engine.enableElement({
      viewportId: this.id,
      type: core.Enums.ViewportType.STACK,
      element,
      defaultOptions: { background: [0.012, 0.018, 0.024] },
    });
    createToolGroup(this.id, this.id, this.engine.id);
    this.layer = new MarkLayer(element, this.drawing, () => this.viewport);
    this.listen();
  }

  private get viewport(): core.StackViewport {
    return this.engine.getViewport(this.id) as core.StackViewport;
  }

  private placeOf(instance: string, frame: number): number {
    return this.frames.findIndex((one) => one.sopInstanceUid === instance && one.frame === frame);
  }

  /** Show frames, the first one at once; the others are fetched behind it. */
  async show(frames: readonly Frame[], index: number): Promise<void> {
    this.frames = frames;
    for (const frame of frames) {
      dicomImageLoader.wadors.metaDataManager.add(frame.imageId, frame.metadata as never);
    }
    this.loadedIds.clear();
    for (const { imageId } of frames) if (core.cache.isLoaded(imageId)) this.loadedIds.add(imageId);
    this.store.setState({
      count: frames.length,
      loaded: this.loadedIds.size,
      loading: { kind: "images" },
      rendered: false,
    });
    await this.viewport.setStack(
      frames.map((frame) => frame.imageId),
      index,
    );
    this.viewport.render();
    tools.utilities.stackPrefetch.enable(this.element);
    this.store.setState({
      commands: {
        goTo: (to) => void this.goTo(to),
        setWindow: (width, center) => this.setWindow(width, center),
        setInverted: (inverted) => this.setInverted(inverted),
        reset: () => this.reset(),
        placeOf: (instance, frame) => this.placeOf(instance, frame),
      },
    });
    this.layer.show(frames);
  }

  bind(tool: Tool, locked: boolean): void {
    bindTool(this.id, tool, locked);
  }

  resize(): void {
    this.engine.resize(true, true);
  }

  destroy(): void {
    for (const stop of this.stop) stop();
    this.layer.destroy();
    tools.utilities.stackPrefetch.disable(this.element);
    destroyToolGroup(this.id);
    this.engine.destroy();
    this.store.setState({ commands: null, rendered: false });
  }

  private async goTo(index: number): Promise<void> {
    // The slider moves at once; the picture follows when its frame is there.
    this.store.setState({ index, rendered: false });
    await core.utilities.jumpToSlice(this.element, { imageIndex: index, debounceLoading: true });
  }

  private setWindow(width: number, center: number): void {
    this.viewport.setProperties({ voiRange: rangeOf({ width, center }) });
    this.viewport.render();
  }

  private setInverted(inverted: boolean): void {
    this.viewport.setProperties({ invert: inverted });
    this.viewport.render();
    this.store.setState({ inverted });
  }

  private reset(): void {
    this.viewport.resetCamera();
    this.viewport.resetProperties();
    this.viewport.render();
    this.store.setState({ inverted: this.viewport.getProperties().invert ?? false });
  }

  private listen(): void {
    // Cornerstone swallows every key pressed on its element, Tab too: the frame keeps the focus.
    this.on(this.element, "focus", () =>
      this.element.parentElement?.focus({ preventScroll: true }),
    );
    this.on(this.element, Events.IMAGE_RENDERED, () => this.reportRendered());
    this.on(this.element, Events.PRE_STACK_NEW_IMAGE, () =>
      this.store.setState({ rendered: false }),
    );
    this.on(core.eventTarget, Events.IMAGE_LOADED, (event) => {
      const { image } = (event as CustomEvent<{ image: { imageId: string } }>).detail;
      this.reportLoaded(image.imageId);
    });
    this.on(core.eventTarget, Events.IMAGE_LOAD_FAILED, (event) => this.reportFailed(event));
    this.on(core.eventTarget, Events.IMAGE_LOAD_ERROR, (event) => this.reportFailed(event));
    // Some decoders fail outside of every promise that is handed back to us.
    this.on(window, "unhandledrejection", (event) => this.reportLost(event));
  }

  private on(
    target: EventTarget | typeof core.eventTarget,
    name: string,
    hear: (event: Event) => void,
  ): void {
    const source = target as EventTarget;
    source.addEventListener(name, hear);
    this.stop.push(() => source.removeEventListener(name, hear));
  }

  private reportRendered(): void {
    const index = this.viewport.getCurrentImageIdIndex();
    const frame = this.frames[index];
    if (frame === undefined || this.viewport.getCurrentImageId() !== frame.imageId) return;
    const { voiRange, invert } = this.viewport.getProperties();
    const zoom = this.viewport.getZoom();
    // A picture without a place or a grey range is black: it must not pass for an image.
    if (!Number.isFinite(zoom) || (voiRange && !Number.isFinite(voiRange.upper))) {
      this.fail(`Image ${index + 1} could not be decoded.`);
      return;
    }
    this.layer.onScreen(frame);
    this.store.setState({
      index,
      rendered: true,
      loading: { kind: "shown" },
      edges: edgeLabels(frame.orientation),
      zoom,
      // Colour images have no window, whatever the type of the property says.
      window: voiRange ? windowOf(voiRange) : null,
      inverted: invert ?? false,
    });
  }

  private reportLoaded(imageId: string): void {
    if (this.loadedIds.has(imageId) || !this.frames.some((frame) => frame.imageId === imageId))
      return;
    this.loadedIds.add(imageId);
    this.store.setState({ loaded: this.loadedIds.size });
  }

  private reportFailed(event: Event): void {
    const { imageId } = (event as CustomEvent<{ imageId: string }>).detail;
    const at = this.frames.findIndex((frame) => frame.imageId === imageId);
    // A frame that was only fetched ahead fails again, visibly, when the reader gets there.
    if (at === -1 || at !== this.store.getState().index) return;
    this.fail(`Image ${at + 1} could not be loaded or decoded.`);
  }

  private reportLost(event: Event): void {
    if (this.store.getState().loading.kind !== "images") return;
    const { reason } = event as PromiseRejectionEvent;
    event.preventDefault();
    this.fail(`This image could not be shown. ${sentence(reason)}`);
  }

  private fail(message: string): void {
    this.store.setState({ rendered: false, loading: { kind: "failed", message } });
  }
}

/** Forget every mark on the screen; they belong to the task that was open. */
export function forgetMarks(): void {
  tools.annotation.state.removeAllAnnotations();
}
