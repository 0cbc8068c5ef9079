/** The reader's draft as plain values: what the server has, what is typed and not yet there. */

import type { Answer, DraftChange, Evaluation } from "../api/types";
import { pathOf } from "../ecrf/address";
import type { Content } from "../ecrf/content";

export type Answers = ReadonlyMap<string, Answer>;
export type Pending = ReadonlyMap<string, DraftChange>;

/** What the server last said about the draft. */
export interface ServerDraft {
  draft: number;
  answers: Answers;
  evaluation: Evaluation | null;
}

/** One item on which the reader and the server's newer draft differ. */
export interface Conflict {
  path: string;
  mine: DraftChange;
  theirs: Answer | null;
}

export function answersByPath(answers: readonly Answer[]): Answers {
  return new Map(answers.map((answer) => [pathOf(answer), answer]));
}

/** What is shown for an item: the typed change while there is one, else the server's answer. */
export function contentOf(path: string, answers: Answers, pending: Pending): Content {
  const from = pending.get(path) ?? answers.get(path);
  return { value: from?.value ?? null, missing: from?.missing ?? null };
}

function same(change: DraftChange, answer: Answer | undefined): boolean {
  return (
    (change.value ?? null) === (answer?.value ?? null) &&
    (change.missing ?? null) === (answer?.missing ?? null)
  );
}

/** What was sent is done with, unless it was typed over while it was on its way. */
export function withoutSent(pending: Pending, sent: Pending): Pending {
  return new Map([...pending].filter(([path, change]) => sent.get(path) !== change));
}

/** Every unsaved item that the server's newer draft answers otherwise. */
export function conflictsOf(pending: Pending, theirs: Answers): readonly Conflict[] {
  return [...pending]
    .filter(([path, change]) => !same(change, theirs.get(path)))
    .map(([path, mine]) => ({ path, mine, theirs: theirs.get(path) ?? null }));
}
