/** Submit, reopen, signed, next: the commands on a task and what each leaves in the cache. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ask, client } from "../api/client";
import { myTasksQuery, taskQuery } from "../api/queries";
import type { Signature, TaskDetail } from "../api/types";
import { openTask } from "../tasks/useStartTask";
import type { Autosave } from "./autosave";

export function useTaskCommands(task: TaskDetail, autosave: Autosave) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const path = { task_id: task.id };
  const { queryKey } = taskQuery(task.id);

  function keep(part: Partial<TaskDetail>) {
    const { draft, answers, evaluation } = autosave.getSnapshot();
    const read = task.read && { ...task.read, draft, answers: [...answers.values()] };
    queries.setQueryData(queryKey, { ...task, read, evaluation, ...part });
    void queries.invalidateQueries({ queryKey: myTasksQuery.queryKey, exact: true });
    void queries.invalidateQueries({ queryKey: ["projects"] });
  }

  const submit = useMutation({
    mutationFn: () =>
      ask(
        client.POST("/api/tasks/{task_id}/submit", {
          params: { path, header: { "If-Match": `"${autosave.getSnapshot().draft}"` } },
        }),
      ),
    onSuccess: ({ record_digest, meaning, statement }) =>
      keep({ state: "submitted", record_digest, meaning, statement }),
  });

  const reopen = useMutation({
    mutationFn: () => ask(client.POST("/api/tasks/{task_id}/reopen", { params: { path } })),
    onSuccess: (reopened) => queries.setQueryData(queryKey, reopened),
  });

  const next = useMutation({
    mutationFn: async () => {
      if (task.next_task === null) return;
      queries.setQueryData(taskQuery(task.next_task).queryKey, await openNext(task.next_task));
      await navigate({ to: "/tasks/$taskId", params: { taskId: task.next_task } });
    },
  });

  function signed({ signature, next_task }: { signature: Signature; next_task: string | null }) {
    keep({ state: "done", signature, next_task });
  }

  return { submit, reopen, next, signed };
}

/** Open the next task; one that is begun already is shown as it stands. */
async function openNext(taskId: string): Promise<TaskDetail> {
  const task = await ask(
    client.GET("/api/tasks/{task_id}", { params: { path: { task_id: taskId } } }),
  );
  return task.state === "ready" ? openTask(taskId) : task;
}

export type TaskCommands = ReturnType<typeof useTaskCommands>;
