/**
 * The marks of one read as the viewer and the form share them.
 *
 * The viewer draws, the form binds and shows, the autosave sends: each knows only this store. The
 * last changes can be taken back one by one.
 */

import { createStore } from "zustand/vanilla";
import type { AnnotationChange, AnnotationKind } from "../api/types";
import { type Address, pathOf } from "../ecrf/address";
import {
  boundTo,
  changeOf,
  type Mark,
  type Marks,
  type PendingMarks,
  sameGeometry,
  standing,
} from "./marks";

/** An item of the form that waits for a mark, and what it may be drawn as. */
export interface Armed {
  address: Address;
  label: string;
  kinds: readonly AnnotationKind[];
}

/** The picture that is on the screen now. */
export interface OnScreen {
  instance: string;
  frame: number;
  seriesUid: string;
}

interface Step {
  before: Mark | null;
  after: Mark | null;
}

export interface DrawingState {
  editable: boolean;
  marks: ReadonlyMap<string, Mark>;
  /** Why sizes were typed and not drawn, by path. */
  byHand: ReadonlyMap<string, string>;
  armed: Armed | null;
  selected: string | null;
  /** Counts requests to show the selected mark, so that the same one can be asked for again. */
  asked: number;
  wanted: { instance: string; frame: number } | { seriesUid: string } | null;
  onScreen: OnScreen | null;
}

export type MarkSink = (change: AnnotationChange) => void;

const MOST_STEPS = 200;

export class Drawing {
  readonly store = createStore<DrawingState>(() => ({
    editable: false,
    marks: new Map(),
    byHand: new Map(),
    armed: null,
    selected: null,
    asked: 0,
    wanted: null,
    onScreen: null,
  }));
  private readonly steps: Step[] = [];
  private sink: MarkSink | null = null;
  private readId: string | null = null;

  /** `build` names the version of the page that draws; it is kept with every mark. */
  constructor(public build: string) {}

  /** Begin with what a read has drawn; a read that is on the screen already keeps what it has. */
  load(readId: string, marks: Marks, byHand: DrawingState["byHand"]): Marks {
    if (this.readId !== readId) {
      this.readId = readId;
      this.steps.length = 0;
      this.store.setState({ marks: standing(marks, new Map()), byHand, selected: null });
      return marks;
    }
    const views = [...this.store.getState().marks.values()].map(({ view }) => view);
    return new Map(views.flatMap((view) => (view === null ? [] : [[view.id, view]])));
  }

  /** Remember why a size was typed, or that it no longer is. */
  typedByHand(path: string, reason: string | null): void {
    const byHand = new Map(this.store.getState().byHand);
    if (reason === null) byHand.delete(path);
    else byHand.set(path, reason);
    this.store.setState({ byHand });
  }

  /** Let changes go to a draft, or with null to nobody: the read is not open. */
  connect(sink: MarkSink | null): void {
    this.sink = sink;
    this.store.setState({ editable: sink !== null, armed: null });
    if (sink === null) this.steps.length = 0;
  }

  /** Take over what the draft holds: after a save, a conflict, a reload. */
  sync(marks: Marks, pending: PendingMarks): void {
    this.store.setState({ marks: standing(marks, pending) });
  }

  arm(armed: Armed | null): void {
    this.store.setState({ armed });
  }

  select(id: string | null): void {
    this.store.setState({ selected: id });
  }

  /** Bring a mark to the screen and select it. */
  show(id: string): void {
    const part = this.store.getState().marks.get(id)?.geometry.parts[0];
    if (part === undefined) return;
    this.store.setState(({ asked }) => ({
      selected: id,
      asked: asked + 1,
      wanted: { instance: part.instance, frame: part.frame ?? 1 },
    }));
  }

  /** Bring an image or a series to the screen. */
  showImage(wanted: NonNullable<DrawingState["wanted"]>): void {
    this.store.setState(({ asked }) => ({ asked: asked + 1, wanted }));
  }

  /** What the viewer has drawn or moved; the first new mark of an armed item answers it. */
  drawn(id: string, geometry: Mark["geometry"]): void {
    const { marks, armed } = this.store.getState();
    const before = marks.get(id) ?? null;
    if (before !== null && sameGeometry(before.geometry, geometry)) return;
    const answers = before === null && armed?.kinds.includes(geometry.kind) ? armed : null;
    const item = before?.item ?? answers?.address ?? null;
    const after: Mark = { id, geometry, label: before?.label ?? "", item, view: null };
    // A point is moved through many places: they are one step.
    const last = this.steps.at(-1);
    const goesOn = before !== null && before.view === null && last?.after?.id === id;
    if (goesOn) last.after = after;
    else this.remember({ before, after });
    this.put(after);
    if (answers !== null) this.store.setState({ armed: null, selected: id });
  }

  removed(id: string): void {
    const before = this.store.getState().marks.get(id);
    if (before === undefined || !this.store.getState().editable) return;
    this.remember({ before, after: null });
    this.take(id);
  }

  /** Let a mark answer an item that has none, or free it. */
  bind(id: string, item: Address | null): void {
    const before = this.store.getState().marks.get(id);
    if (before === undefined) return;
    const after = { ...before, item };
    this.remember({ before, after });
    this.put(after);
  }

  /** Take the last change back; true when there was one. */
  undo(): boolean {
    const step = this.steps.pop();
    if (step === undefined) return false;
    if (step.before === null && step.after !== null) this.take(step.after.id);
    else if (step.before !== null) this.put(step.before);
    return true;
  }

  get canUndo(): boolean {
    return this.steps.length > 0;
  }

  marksOf(path: string): readonly Mark[] {
    return [...this.store.getState().marks.values()].filter((mark) => boundTo(mark, path));
  }

  isArmedFor(address: Address): boolean {
    const { armed } = this.store.getState();
    return armed !== null && pathOf(armed.address) === pathOf(address);
  }

  private remember(step: Step): void {
    this.steps.push(step);
    if (this.steps.length > MOST_STEPS) this.steps.shift();
  }

  private put(mark: Mark): void {
    const marks = new Map(this.store.getState().marks).set(mark.id, { ...mark, view: null });
    this.store.setState({ marks });
    this.sink?.(changeOf(mark, this.build));
  }

  private take(id: string): void {
    const marks = new Map(this.store.getState().marks);
    marks.delete(id);
    this.store.setState(({ selected }) => ({
      marks,
      selected: selected === id ? null : selected,
    }));
    this.sink?.({ id, label: "", tracking_uid: "", viewer_build: "" });
  }
}
