/** The marks on one stack: what is drawn goes to the read's drawing, what stands there is drawn. */

import type { Drawing } from "../drawing/drawing";
import { type Mark, sameGeometry } from "../drawing/marks";
import { core, TOOL_NAMES, tools } from "./cornerstone";
import type { Frame } from "./frames";
import {
  geometryOf,
  type ImageSpace,
  isMarkTool,
  MARK_TOOLS,
  type MarkTool,
  type Point3,
  pointsOf,
  type ToolData,
  toolDataOf,
  worldOf,
} from "./toolMarks";

type Annotation = NonNullable<ReturnType<typeof tools.annotation.state.getAnnotation>>;

const TOOL_OF_NAME: ReadonlyMap<string, MarkTool> = new Map(
  MARK_TOOLS.map((tool) => [TOOL_NAMES[tool], tool]),
);

export class MarkLayer {
  private frames: readonly Frame[] = [];
  private readonly stop: (() => void)[] = [];
  /** The marks that are drawn to their end; one under the mouse for the first time is not. */
  private readonly whole = new Set<string>();
  /** True while this layer itself changes what the tools hold: those events are not the reader's. */
  private following = false;

  constructor(
    private readonly element: HTMLDivElement,
    private readonly drawing: Drawing,
    private readonly viewport: () => core.StackViewport,
  ) {
    const { Events } = tools.Enums;
    this.on(Events.ANNOTATION_COMPLETED, (annotation) => {
      if (annotation.annotationUID !== undefined) this.whole.add(annotation.annotationUID);
      this.report(annotation);
    });
    this.on(Events.ANNOTATION_MODIFIED, (annotation) => this.report(annotation));
    this.on(Events.ANNOTATION_REMOVED, ({ annotationUID }) => {
      if (!this.following && annotationUID !== undefined) this.drawing.removed(annotationUID);
    });
    this.stop.push(
      drawing.store.subscribe((now, before) => {
        if (now.marks !== before.marks || now.editable !== before.editable) this.follow();
        if (now.selected !== before.selected) this.select(now.selected);
      }),
    );
  }

  show(frames: readonly Frame[]): void {
    this.frames = frames;
    this.follow();
  }

  onScreen({ sopInstanceUid, frame, metadata }: Frame): void {
    const seriesUid = String(metadata["0020000E"]?.Value?.[0] ?? "");
    const now = this.drawing.store.getState().onScreen;
    if (now?.instance === sopInstanceUid && now.frame === frame) return;
    this.drawing.store.setState({ onScreen: { instance: sopInstanceUid, frame, seriesUid } });
  }

  destroy(): void {
    for (const stop of this.stop) stop();
  }

  private on(name: string, hear: (annotation: Annotation) => void): void {
    const listen = (event: Event) =>
      hear((event as CustomEvent<{ annotation: Annotation }>).detail.annotation);
    const target = core.eventTarget as unknown as EventTarget;
    target.addEventListener(name, listen);
    this.stop.push(() => target.removeEventListener(name, listen));
  }

  /** Tell the drawing of a mark that is whole; while it is dragged it is told again and again. */
  private report(annotation: Annotation): void {
    const id = annotation.annotationUID;
    const tool = TOOL_OF_NAME.get(annotation.metadata?.toolName ?? "");
    const frame = this.frameOf(annotation);
    if (this.following || id === undefined || tool === undefined || frame === undefined) return;
    const points = pointsOf(tool, annotation.data as ToolData);
    if (points === null || !this.whole.has(id)) return;
    this.drawing.drawn(id, geometryOf(tool, points, frame, this.space));
  }

  /** Draw what stands and is not drawn, move what stands elsewhere, take away what does not stand. */
  private follow(): void {
    if (this.frames.length === 0) return;
    this.following = true;
    try {
      const { marks, editable } = this.drawing.store.getState();
      for (const one of tools.annotation.state.getAllAnnotations()) {
        const id = one.annotationUID;
        if (id === undefined || !this.whole.has(id) || this.frameOf(one) === undefined) continue;
        if (!marks.has(id)) this.take(id);
      }
      for (const mark of marks.values()) this.place(mark, editable);
    } finally {
      this.following = false;
    }
    tools.utilities.triggerAnnotationRenderForViewportIds([this.viewport().id]);
  }

  private place(mark: Mark, editable: boolean): void {
    const { kind, parts } = mark.geometry;
    const [part] = parts;
    if (!isMarkTool(kind) || part === undefined || parts.length !== 1) return;
    const frame = this.frames.find(
      (one) => one.sopInstanceUid === part.instance && one.frame === (part.frame ?? 1),
    );
    if (frame === undefined) return;
    const drawn = tools.annotation.state.getAnnotation(mark.id);
    if (drawn !== undefined) {
      const points = pointsOf(kind, drawn.data as ToolData);
      const same =
        points !== null && sameGeometry(geometryOf(kind, points, frame, this.space), mark.geometry);
      if (same) {
        this.lock(mark.id, editable);
        return;
      }
      this.take(mark.id);
    }
    const world = worldOf(mark.geometry, (part.points ?? []) as number[][], this.space);
    this.whole.add(mark.id);
    tools.annotation.state.addAnnotation(
      this.annotation(mark.id, kind, world, frame) as never,
      this.element,
    );
    this.lock(mark.id, editable);
  }

  private annotation(id: string, tool: MarkTool, world: readonly Point3[], frame: Frame) {
    const { handles, contour } = toolDataOf(tool, world, this.down(frame));
    const { viewPlaneNormal, viewUp } = this.viewport().getCamera();
    const nowhere = [0, 0, 0];
    return {
      annotationUID: id,
      highlighted: false,
      autoGenerated: false,
      invalidated: true,
      isLocked: false,
      isVisible: true,
      metadata: {
        toolName: TOOL_NAMES[tool],
        referencedImageId: frame.imageId,
        FrameOfReferenceUID: this.viewport().getFrameOfReferenceUID(),
        viewPlaneNormal,
        viewUp,
      },
      data: {
        label: "",
        cachedStats: {},
        handles: {
          ...handles,
          activeHandleIndex: null,
          textBox: {
            hasMoved: false,
            worldPosition: nowhere,
            worldBoundingBox: {
              topLeft: nowhere,
              topRight: nowhere,
              bottomLeft: nowhere,
              bottomRight: nowhere,
            },
          },
        },
        ...(contour === undefined ? {} : { contour }),
      },
    };
  }

  private take(id: string): void {
    // What is gone cannot be deselected any more.
    tools.annotation.selection.setAnnotationSelected(id, false);
    tools.annotation.state.removeAnnotation(id);
    this.whole.delete(id);
  }

  private lock(id: string, editable: boolean): void {
    tools.annotation.locking.setAnnotationLocked(id, !editable);
  }

  private select(id: string | null): void {
    const { selection } = tools.annotation;
    for (const other of selection.getAnnotationsSelected()) {
      const there = tools.annotation.state.getAnnotation(other) !== undefined;
      if (other !== id && there) selection.setAnnotationSelected(other, false);
    }
    if (id !== null && tools.annotation.state.getAnnotation(id) !== undefined) {
      selection.setAnnotationSelected(id, true);
    }
    tools.utilities.triggerAnnotationRenderForViewportIds([this.viewport().id]);
  }

  private frameOf(annotation: Annotation): Frame | undefined {
    const imageId = annotation.metadata?.referencedImageId;
    return this.frames.find((frame) => frame.imageId === imageId);
  }

  /** Which way rows run on the screen, for the tools that tell top from bottom. */
  private down(frame: Frame): Point3 {
    const column = frame.orientation?.slice(3, 6);
    return column?.length === 3 ? (column as Point3) : [0, 1, 0];
  }

  private get space(): ImageSpace {
    const data = () => this.viewport().getImageData()?.imageData;
    return {
      // Pixels count from the outer corner of the first one (PS3.3 C.18.6.1.2), indices from its centre.
      toImage: (world) => {
        const [column = 0, row = 0] = data()?.worldToIndex?.(world) ?? world;
        return [column + 0.5, row + 0.5];
      },
      toWorld: ([column, row]) => {
        const index: Point3 = [column - 0.5, row - 0.5, 0];
        const [x = 0, y = 0, z = 0] = data()?.indexToWorld?.(index) ?? index;
        return [x, y, z];
      },
    };
  }
}
