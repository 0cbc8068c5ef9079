/** The autosaved draft of a task as React state, with the page's leave-taking and coming back. */

import { useEffect, useState, useSyncExternalStore } from "react";
import { ask, client } from "../api/client";
import type { ItemExplained, TaskDetail } from "../api/types";
import { type Marks, marksById, NO_MARKS } from "../drawing/marks";
import { type Address, pathOf } from "../ecrf/address";
import { useSessionEnded } from "../session/session";
import { Autosave, type DraftServer } from "./autosave";
import { answersByPath, type ServerDraft } from "./draft";

export function draftOf(task: TaskDetail, marks: Marks = NO_MARKS): ServerDraft {
  return {
    marks,
    draft: task.read?.draft ?? 0,
    answers: answersByPath(task.read?.answers ?? []),
    evaluation: task.evaluation,
  };
}

export function draftServer(taskId: string): DraftServer {
  const path = { task_id: taskId };
  return {
    save: (draft, changes, marks, reasons) =>
      ask(
        client.PATCH("/api/tasks/{task_id}/draft", {
          params: { path, header: { "If-Match": `"${draft}"` } },
          body: { changes: [...changes], annotations: [...marks], reasons: [...reasons] },
        }),
      ),
    settle: async () => {
      const { conflicts } = await ask(client.GET("/api/tasks/{task_id}", { params: { path } }));
      for (const { id } of conflicts) {
        await ask(
          client.POST("/api/tasks/{task_id}/conflicts/{conflict_id}/settle", {
            params: { path: { ...path, conflict_id: id } },
          }),
        );
      }
    },
    load: async () => {
      const task = await ask(client.GET("/api/tasks/{task_id}", { params: { path } }));
      return draftOf(task, (await loadDrawn(taskId)).marks);
    },
  };
}

/** Send a file to an item of the open draft; its answer is the digest that comes back. */
export async function attachFile(taskId: string, file: File, address: Address): Promise<string> {
  const { sha256 } = await ask(
    client.POST("/api/tasks/{task_id}/attachments", {
      params: { path: { task_id: taskId }, query: { ...address } },
      headers: { "Content-Type": "application/octet-stream" },
      body: file as never,
      bodySerializer: (body: unknown) => body as Blob,
    }),
  );
  return sha256;
}

/** How an item's value came about, in the server's words. */
export function explainItem(taskId: string, address: Address): Promise<ItemExplained> {
  return ask(
    client.GET("/api/tasks/{task_id}/explain", {
      params: { path: { task_id: taskId }, query: { ...address } },
    }),
  );
}

/** What the read has drawn, and why sizes were typed instead. */
export async function loadDrawn(taskId: string): Promise<Drawn> {
  const { annotations, by_hand } = await ask(
    client.GET("/api/tasks/{task_id}/annotations", { params: { path: { task_id: taskId } } }),
  );
  return {
    marks: marksById(annotations),
    byHand: new Map(by_hand.map(({ reason, ...address }) => [pathOf(address), reason])),
  };
}

export interface Drawn {
  marks: Marks;
  byHand: ReadonlyMap<string, string>;
}

export const NOTHING_DRAWN: Drawn = { marks: NO_MARKS, byHand: new Map() };

export function useDraft(task: TaskDetail, marks: Marks) {
  const [autosave] = useState(
    () => new Autosave(draftServer(task.id), draftOf(task, marks), task.conflicts),
  );
  const snapshot = useSyncExternalStore(autosave.subscribe, autosave.getSnapshot);
  const sessionEnded = useSessionEnded((state) => state.ended);
  const unsaved = autosave.isUnsent;

  useEffect(() => {
    const retry = () => autosave.retry();
    window.addEventListener("online", retry);
    return () => window.removeEventListener("online", retry);
  }, [autosave]);

  useEffect(() => {
    if (!sessionEnded) autosave.retry();
  }, [sessionEnded, autosave]);

  useEffect(() => {
    if (!unsaved) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [unsaved]);

  // Leaving the page inside the application sends what is left.
  useEffect(() => () => void autosave.flush(), [autosave]);

  return { autosave, ...snapshot };
}
