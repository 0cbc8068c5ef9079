/** All tasks of a project, for those who manage them. */

import { Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { projectTasksQuery } from "../api/queries";
import type { OverseenTask, TaskState } from "../api/types";
import { PageHeader } from "../parts/PageHeader";
import { Pager } from "../parts/Pager";
import page from "../parts/page.module.css";
import { Answered, EmptyState } from "../parts/states";
import { usePageTitle } from "../parts/title";
import { OverseenTasks } from "../tasks/OverseenTasks";
import { TASK_STATES } from "../tasks/states";
import { counted } from "../words/numbers";
import { useNow } from "../words/useNow";
import { useProject } from "./project";

const PER_PAGE = 100;

export function ProjectTasksPage() {
  const project = useProject();
  usePageTitle(`${project.code}: tasks`);
  const tasks = useQuery(projectTasksQuery(project.id));
  return (
    <Answered of={tasks} what="the tasks">
      {(all) => <ProjectTasks tasks={all} />}
    </Answered>
  );
}

function ProjectTasks({ tasks }: { tasks: readonly OverseenTask[] }) {
  const [state, setState] = useState<TaskState | null>(null);
  const [find, setFind] = useState("");
  const [offset, setOffset] = useState(0);
  const now = useNow();
  const text = find.trim().toLowerCase();
  const listed = tasks.filter(
    (task) =>
      (state === null || task.state === state) &&
      `${task.subject_code} ${task.step.title} ${task.assignee ?? ""}`.toLowerCase().includes(text),
  );
  const states = tally(tasks);

  return (
    <Stack gap="md">
      <PageHeader order={2} title="Tasks" about={counted(tasks.length, "task")} />
      <Group gap="sm">
        <Select
          aria-label="State"
          placeholder="Any state"
          size="xs"
          clearable
          data={states}
          value={state}
          onChange={(value) => {
            setState(value as TaskState | null);
            setOffset(0);
          }}
        />
        <TextInput
          aria-label="Find by subject, task or person"
          placeholder="Find by subject, task or person"
          size="xs"
          w={240}
          value={find}
          onChange={(event) => {
            setFind(event.currentTarget.value);
            setOffset(0);
          }}
        />
        <Text size="sm" c="dimmed">
          {listed.length !== tasks.length && `${listed.length} shown`}
        </Text>
      </Group>
      {listed.length === 0 ? (
        <div className={page.card}>
          <EmptyState title={tasks.length === 0 ? "No task yet" : "No task fits"}>
            {tasks.length === 0
              ? "Tasks are made with each subject, from the live workflow."
              : "Choose another state or clear the search."}
          </EmptyState>
        </div>
      ) : (
        <OverseenTasks tasks={listed.slice(offset, offset + PER_PAGE)} now={now} />
      )}
      {listed.length > PER_PAGE && (
        <Pager
          what="tasks"
          total={listed.length}
          offset={offset}
          limit={PER_PAGE}
          onMove={setOffset}
        />
      )}
    </Stack>
  );
}

/** The states that occur, with how often, as choices. */
function tally(tasks: readonly OverseenTask[]) {
  const counts = new Map<TaskState, number>();
  for (const { state } of tasks) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => TASK_STATES[a].rank - TASK_STATES[b].rank)
    .map(([value, n]) => ({ value, label: `${TASK_STATES[value].label} (${n})` }));
}
