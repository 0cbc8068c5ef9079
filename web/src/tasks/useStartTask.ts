/** Opening a task read-write (an entry of the ledger) and going to its page. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ask, client } from "../api/client";
import { myTasksQuery, taskQuery } from "../api/queries";
import type { Task } from "../api/types";

export function openTask(taskId: string) {
  return ask(client.POST("/api/tasks/{task_id}/open", { params: { path: { task_id: taskId } } }));
}

export function useStartTask() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (task: Pick<Task, "id" | "state">) => {
      if (task.state === "ready") {
        queries.setQueryData(taskQuery(task.id).queryKey, await openTask(task.id));
        await queries.invalidateQueries({ queryKey: myTasksQuery.queryKey, exact: true });
      } else {
        queries.removeQueries({ queryKey: taskQuery(task.id).queryKey, exact: true });
      }
      await navigate({ to: "/tasks/$taskId", params: { taskId: task.id } });
    },
  });
}
