/** The autosaved draft of a task as React state, with the page's leave-taking and coming back. */

import { useEffect, useState, useSyncExternalStore } from "react";
import { ask, client } from "../api/client";
import type { TaskDetail } from "../api/types";
import { useSessionEnded } from "../session/session";
import { Autosave, type DraftServer } from "./autosave";
import { answersByPath, type ServerDraft } from "./draft";

export function draftOf(task: TaskDetail): ServerDraft {
  return {
    draft: task.read?.draft ?? 0,
    answers: answersByPath(task.read?.answers ?? []),
    evaluation: task.evaluation,
  };
}

export function draftServer(taskId: string): DraftServer {
  const path = { task_id: taskId };
  return {
    save: (draft, changes) =>
      ask(
        client.PATCH("/api/tasks/{task_id}/draft", {
          params: { path, header: { "If-Match": `"${draft}"` } },
          body: { changes: [...changes] },
        }),
      ),
    load: async () => draftOf(await ask(client.GET("/api/tasks/{task_id}", { params: { path } }))),
  };
}

export function useDraft(task: TaskDetail) {
  const [autosave] = useState(() => new Autosave(draftServer(task.id), draftOf(task)));
  const snapshot = useSyncExternalStore(autosave.subscribe, autosave.getSnapshot);
  const sessionEnded = useSessionEnded((state) => state.ended);
  const unsaved = snapshot.pending.size > 0;

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
