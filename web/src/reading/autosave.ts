/**
 * Saving a draft while it is typed: one save at a time, each naming the draft it builds on.
 *
 * Unsent changes live in this object alone: answers are never put into the browser's storage, so a
 * shared reading station keeps nothing. A lost connection keeps trying and says so; a newer draft
 * on the server stops everything until the reader has chosen (nothing is merged silently).
 */

import { type Fault, isSessionLost, isUnreachable, Refusal, sentence } from "../api/problem";
import type {
  AnnotationChange,
  CheckReasonChange,
  DraftChange,
  DraftConflict,
  DraftSaved,
} from "../api/types";
import { type Marks, NO_MARKS, type PendingMarks } from "../drawing/marks";
import { pathOf } from "../ecrf/address";
import {
  answersByPath,
  type Conflict,
  conflictsOf,
  markConflicts,
  markPath,
  marksAfter,
  type Pending,
  type ServerDraft,
  unsavedMarks,
  withoutSent,
} from "./draft";

export type SaveState =
  | { kind: "saved" }
  | { kind: "unsaved" }
  | { kind: "saving" }
  | { kind: "offline"; message: string }
  | { kind: "signed_out" }
  | { kind: "conflict"; theirs: ServerDraft; items: readonly Conflict[] }
  | { kind: "refused"; message: string; faults: readonly Fault[] };

export interface DraftSnapshot extends ServerDraft {
  pending: Pending;
  marks: Marks;
  pendingMarks: PendingMarks;
  /** Words to warnings, by check and row. */
  pendingReasons: ReadonlyMap<string, CheckReasonChange>;
  save: SaveState;
}

export interface DraftServer {
  save(
    draft: number,
    changes: readonly DraftChange[],
    marks: readonly AnnotationChange[],
    reasons: readonly CheckReasonChange[],
  ): Promise<DraftSaved>;
  load(): Promise<ServerDraft>;
  /** Say that the reader has chosen: the server kept what was typed onto the older draft. */
  settle(): Promise<void>;
}

/** A pause in typing this long sends what was typed; the contract is two seconds at most. */
const PAUSE_MS = 600;
const FIRST_RETRY_MS = 1_500;
const LONGEST_RETRY_MS = 30_000;

function sayableChange({ missing, ...change }: DraftConflict["changes"][number]): DraftChange {
  const { group, repeat, item, value = null, reason = null } = change;
  const said = missing == null || missing === "no_answer" ? null : missing;
  return { group, repeat, item, value, reason, missing: said };
}

export class Autosave {
  private snapshot: DraftSnapshot;
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private running: Promise<void> | null = null;
  private retryMs = FIRST_RETRY_MS;

  constructor(
    private readonly server: DraftServer,
    start: ServerDraft,
    kept: readonly DraftConflict[] = [],
  ) {
    // What a page that is gone had typed onto an older draft waits on the server for its reader.
    const typed = new Map(
      kept.flatMap(({ changes }) => changes).map((one) => [pathOf(one), sayableChange(one)]),
    );
    const items = conflictsOf(typed, start.answers);
    this.snapshot = {
      ...start,
      marks: start.marks ?? NO_MARKS,
      pending: items.length > 0 ? typed : new Map(),
      pendingMarks: new Map(),
      pendingReasons: new Map(),
      save: items.length > 0 ? { kind: "conflict", theirs: start, items } : { kind: "saved" },
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): DraftSnapshot => this.snapshot;

  /** Take a typed change; it is sent after a pause in typing. */
  change(change: DraftChange): void {
    this.hold({ pending: new Map(this.snapshot.pending).set(pathOf(change), change) });
  }

  /** Take a drawn, moved or removed mark; it goes with the answers, in the same save. */
  mark(change: AnnotationChange): void {
    this.hold({ pendingMarks: new Map(this.snapshot.pendingMarks).set(change.id, change) });
  }

  /** Take the reader's words to a warning. */
  say(reason: CheckReasonChange): void {
    const key = `${reason.check}/${reason.repeat}`;
    this.hold({ pendingReasons: new Map(this.snapshot.pendingReasons).set(key, reason) });
  }

  private hold(part: Partial<DraftSnapshot>): void {
    const held = this.snapshot.save.kind === "conflict" || this.snapshot.save.kind === "offline";
    this.set({ ...part, ...(held ? {} : { save: { kind: "unsaved" } }) });
    if (!held) this.sendIn(PAUSE_MS);
  }

  /** Drop a change that was never sent, such as an unfinished number that was erased again. */
  forget(path: string): void {
    const pending = new Map(this.snapshot.pending);
    if (!pending.delete(path)) return;
    const { pendingMarks, pendingReasons } = this.snapshot;
    const nothing = pending.size === 0 && pendingMarks.size === 0 && pendingReasons.size === 0;
    const idle = nothing && this.snapshot.save.kind === "unsaved";
    this.set({ pending, ...(idle ? { save: { kind: "saved" } } : {}) });
  }

  /** Send everything now; true when the server has it all. */
  async flush(): Promise<boolean> {
    this.cancelTimer();
    while (this.running !== null) await this.running;
    if (this.isUnsent && this.snapshot.save.kind !== "conflict") await this.send();
    return !this.isUnsent && this.snapshot.save.kind === "saved";
  }

  /** Whether anything is typed or drawn that the server does not have. */
  get isUnsent(): boolean {
    const { pending, pendingMarks, pendingReasons } = this.snapshot;
    return pending.size > 0 || pendingMarks.size > 0 || pendingReasons.size > 0;
  }

  /** Try again after a failure: the connection is back, the person has signed in again. */
  retry(): void {
    const { kind } = this.snapshot.save;
    if (kind === "offline" || kind === "signed_out" || kind === "refused") this.sendIn(0);
  }

  /** End a conflict: keep one's own answer for the named items, take the server's for the rest. */
  resolve(keepMine: ReadonlySet<string>): void {
    const { save, pending, pendingMarks } = this.snapshot;
    if (save.kind !== "conflict") return;
    const contested = new Set(save.items.map(({ path }) => path));
    const kept = new Map([...pending].filter(([path]) => keepMine.has(path)));
    const marks = new Map(
      [...pendingMarks].filter(
        ([id]) => !contested.has(markPath(id)) || keepMine.has(markPath(id)),
      ),
    );
    const nothing = kept.size === 0 && marks.size === 0;
    this.set({
      ...save.theirs,
      marks: save.theirs.marks ?? NO_MARKS,
      pending: kept,
      pendingMarks: marks,
      save: nothing ? { kind: "saved" } : { kind: "unsaved" },
    });
    if (!nothing) this.sendIn(0);
    this.settle();
  }

  /** A conflict that could not be settled now is shown once more when the page is loaded again. */
  private settle(): void {
    this.server.settle().catch((error: unknown) => {
      if (!(error instanceof Refusal) && !isUnreachable(error)) throw error;
    });
  }

  dispose(): void {
    this.cancelTimer();
    this.listeners.clear();
  }

  private sendIn(milliseconds: number): void {
    this.cancelTimer();
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.running === null) void this.send();
    }, milliseconds);
  }

  private send(): Promise<void> {
    this.running = this.sendOnce().finally(() => {
      this.running = null;
      if (this.snapshot.save.kind === "unsaved" && this.timer === null) this.sendIn(PAUSE_MS);
    });
    return this.running;
  }

  private async sendOnce(): Promise<void> {
    const { pending: sent, pendingMarks: drawn, pendingReasons: said } = this.snapshot;
    if (!this.isUnsent) return;
    this.set({ save: { kind: "saving" } });
    try {
      const saved = await this.server.save(
        this.snapshot.draft,
        [...sent.values()],
        [...drawn.values()],
        [...said.values()],
      );
      const pending = withoutSent(this.snapshot.pending, sent);
      const pendingMarks = withoutSent(this.snapshot.pendingMarks, drawn);
      const pendingReasons = withoutSent(this.snapshot.pendingReasons, said);
      this.retryMs = FIRST_RETRY_MS;
      this.set({
        draft: saved.draft,
        answers: answersByPath(saved.answers),
        evaluation: saved.evaluation,
        marks: marksAfter(this.snapshot.marks, drawn, saved.annotations ?? []),
        pending,
        pendingMarks,
        pendingReasons,
      });
      this.set({ save: { kind: this.isUnsent ? "unsaved" : "saved" } });
    } catch (error) {
      await this.failed(error);
    }
  }

  private async failed(error: unknown): Promise<void> {
    if (isUnreachable(error)) {
      this.set({ save: { kind: "offline", message: sentence(error) } });
      this.sendIn(this.retryMs);
      this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
    } else if (isSessionLost(error)) {
      this.set({ save: { kind: "signed_out" } });
    } else if (error instanceof Refusal && error.status === 412) {
      await this.meetNewerDraft();
    } else if (error instanceof Refusal) {
      this.set({ save: { kind: "refused", message: error.detail, faults: error.faults } });
    } else {
      throw error;
    }
  }

  private async meetNewerDraft(): Promise<void> {
    try {
      const theirs = await this.server.load();
      const { pending, pendingMarks, marks } = this.snapshot;
      const stored = theirs.marks ?? NO_MARKS;
      const drawn = unsavedMarks(pendingMarks, stored);
      const items = [
        ...conflictsOf(pending, theirs.answers),
        ...markConflicts(drawn, marks, stored),
      ];
      if (items.length > 0) {
        this.set({ save: { kind: "conflict", theirs, items } });
        return;
      }
      // What is typed may be what is stored already: a save whose answer was lost on the way. New
      // marks stand beside the others' and take nothing away.
      this.set({
        ...theirs,
        marks: stored,
        pending: new Map(),
        pendingMarks: drawn,
      });
      this.set({ save: { kind: this.isUnsent ? "unsaved" : "saved" } });
      this.settle();
    } catch (error) {
      await this.failed(error);
    }
  }

  private cancelTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private set(part: Partial<DraftSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...part };
    for (const listener of this.listeners) listener();
  }
}
