/** The states of a task in words, in the order in which they matter to a person. */

import type { Task, TaskState } from "../api/types";
import type { Tone } from "../parts/Tag";
import { span } from "../words/time";

interface StateWords {
  label: string;
  tone: Tone;
  rank: number;
}

export const TASK_STATES: Readonly<Record<TaskState, StateWords>> = {
  stale: { label: "Needs another look", tone: "warn", rank: 0 },
  amending: { label: "Being amended", tone: "active", rank: 1 },
  submitted: { label: "To be signed", tone: "warn", rank: 2 },
  in_progress: { label: "In progress", tone: "active", rank: 3 },
  ready: { label: "Ready", tone: "active", rank: 4 },
  suspended: { label: "Suspended", tone: "warn", rank: 5 },
  failed: { label: "Failed", tone: "bad", rank: 6 },
  waiting: { label: "Waiting", tone: "neutral", rank: 7 },
  done: { label: "Signed", tone: "good", rank: 8 },
  superseded: { label: "Superseded", tone: "neutral", rank: 9 },
  cancelled: { label: "Cancelled", tone: "neutral", rank: 10 },
};

const OPEN: ReadonlySet<TaskState> = new Set([
  "stale",
  "amending",
  "submitted",
  "in_progress",
  "ready",
]);

/** A task somebody can work on now. */
export function isOpen(task: Pick<Task, "state">): boolean {
  return OPEN.has(task.state);
}

type Waiting = Pick<Task, "state" | "waiting_for" | "ready_since">;

/** What the state means for whoever waits: why it waits, or how long it has been ready. */
export function stateDetail({ state, waiting_for, ready_since }: Waiting, now: Date): string {
  if (state === "waiting" && waiting_for !== "") return `Waits for ${waiting_for}`;
  if (state !== "ready" || ready_since === null) return "";
  return `Ready for ${span(now.getTime() - new Date(ready_since).getTime())}`;
}
