/** The reader's draft as plain values: what the server has, what is typed and not yet there. */

import type {
  AnnotationGeometry,
  AnnotationView,
  Answer,
  DraftChange,
  Evaluation,
} from "../api/types";
import {
  KIND_WORDS,
  type Marks,
  type PendingMarks,
  sameGeometry,
  standing,
  wordsOf,
} from "../drawing/marks";
import { pathOf } from "../ecrf/address";
import type { Content } from "../ecrf/content";

export type Answers = ReadonlyMap<string, Answer>;
export type Pending = ReadonlyMap<string, DraftChange>;

/** What the server last said about the draft. */
export interface ServerDraft {
  draft: number;
  answers: Answers;
  evaluation: Evaluation | null;
  marks?: Marks;
}

/** One item on which the reader and the server's newer draft differ. */
export interface Conflict {
  path: string;
  mine: Stated;
  theirs: Stated | null;
}

/** What one side says of an item, or in words of a mark. */
type Stated = Partial<Pick<Answer, "value" | "missing">>;

export function answersByPath(answers: readonly Answer[]): Answers {
  return new Map(answers.map((answer) => [pathOf(answer), answer]));
}

/** What is shown for an item: the typed change while there is one, else the server's answer. */
export function contentOf(path: string, answers: Answers, pending: Pending): Content {
  const from = pending.get(path) ?? answers.get(path);
  return {
    value: from?.value ?? null,
    missing: from?.missing ?? null,
    reason: from?.reason ?? null,
  };
}

function same(change: DraftChange, answer: Answer | undefined): boolean {
  return (
    (change.value ?? null) === (answer?.value ?? null) &&
    (change.missing ?? null) === (answer?.missing ?? null) &&
    (change.reason ?? "").trim() === (answer?.reason ?? "")
  );
}

/** What was sent is done with, unless it was typed over while it was on its way. */
export function withoutSent<T>(
  pending: ReadonlyMap<string, T>,
  sent: ReadonlyMap<string, T>,
): ReadonlyMap<string, T> {
  return new Map([...pending].filter(([path, change]) => sent.get(path) !== change));
}

/** The server's marks after a save: those it answered with, without those that were removed. */
export function marksAfter(
  before: Marks,
  sent: PendingMarks,
  answered: readonly AnnotationView[],
): Marks {
  const marks = new Map(before);
  for (const { id, geometry } of sent.values()) if (geometry == null) marks.delete(id);
  for (const view of answered) marks.set(view.id, view);
  return marks;
}

export function markPath(id: string): string {
  return `mark/${id}`;
}

/** The changes of marks that the server does not have yet. */
export function unsavedMarks(pending: PendingMarks, theirs: Marks): PendingMarks {
  return new Map(
    [...pending].filter(([id, { geometry }]) => {
      const stored = theirs.get(id);
      if (geometry == null) return stored !== undefined;
      return stored === undefined || !sameGeometry(geometry as AnnotationGeometry, stored.geometry);
    }),
  );
}

/** Every mark that was changed here and elsewhere since both had the same one. */
export function markConflicts(
  pending: PendingMarks,
  before: Marks,
  theirs: Marks,
): readonly Conflict[] {
  return [...pending.values()].flatMap(({ id, geometry }): Conflict[] => {
    const known = before.get(id);
    const stored = theirs.get(id);
    if (known === undefined || known.revision === stored?.revision) return [];
    const mine = geometry == null ? "removed" : "as drawn here";
    return [
      {
        path: markPath(id),
        mine: { value: mine },
        theirs: stored === undefined ? null : { value: inWords(stored) },
      },
    ];
  });
}

function inWords(view: AnnotationView): string {
  const mark = standing(new Map([[view.id, view]]), new Map()).get(view.id);
  return mark === undefined ? "" : `${KIND_WORDS[view.geometry.kind]} ${wordsOf(mark)}`;
}

/** Every unsaved item that the server's newer draft answers otherwise. */
export function conflictsOf(pending: Pending, theirs: Answers): readonly Conflict[] {
  return [...pending]
    .filter(([path, change]) => !same(change, theirs.get(path)))
    .map(([path, mine]) => ({ path, mine, theirs: theirs.get(path) ?? null }));
}
