/** One person's tasks over all projects: what can be done now first, then what waits, then what is done. */

import { Button, Group, SegmentedControl, Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { myTasksQuery } from "../api/queries";
import type { Task } from "../api/types";
import { ArrowRight } from "../parts/icons";
import { PageHeader } from "../parts/PageHeader";
import page from "../parts/page.module.css";
import { Answered, EmptyState } from "../parts/states";
import { usePageTitle } from "../parts/title";
import { counted } from "../words/numbers";
import { useNow } from "../words/useNow";
import { isOpen, TASK_STATES } from "./states";
import { TaskTable } from "./TaskTable";
import { useStartTask } from "./useStartTask";

const SHOWS = [
  { value: "open", label: "To do" },
  { value: "waiting", label: "Waiting" },
  { value: "done", label: "Signed" },
  { value: "all", label: "All" },
] as const;

export type TasksShown = (typeof SHOWS)[number]["value"];

export function MyTasksPage() {
  usePageTitle("My tasks");
  const tasks = useQuery(myTasksQuery);
  return (
    <div className={page.page}>
      <Answered of={tasks} what="your tasks">
        {(all) => <MyTasks tasks={all} />}
      </Answered>
    </div>
  );
}

function MyTasks({ tasks }: { tasks: readonly Task[] }) {
  const { show = "open", project = null, find = "" } = useSearch({ from: "/app/tasks" });
  const now = useNow();
  const starting = useStartTask();
  const next = tasks.find(isOpen);
  const listed = inOrder(tasks).filter(
    (task) =>
      isShown(task, show) &&
      (project === null || task.project.id === project) &&
      isFound(task, find),
  );
  const projects = new Map(tasks.map((task) => [task.project.id, task.project.code]));

  return (
    <Stack gap="md">
      <PageHeader
        title="My tasks"
        about={`${counted(tasks.filter(isOpen).length, "task")} to do, over ${counted(projects.size, "project")}`}
        actions={
          next && (
            <Button
              rightSection={<ArrowRight size={16} />}
              loading={starting.isPending}
              onClick={() => starting.mutate(next)}
            >
              Next task
            </Button>
          )
        }
      />
      <TaskFilters projects={projects} />
      {listed.length > 0 ? (
        <TaskTable tasks={listed} now={now} label="My tasks" showProject={projects.size > 1} />
      ) : (
        <Nothing show={show} any={tasks.length > 0} />
      )}
    </Stack>
  );
}

/** What is shown is kept in the address, so that a list can be found again. */
function TaskFilters({ projects }: { projects: ReadonlyMap<string, string> }) {
  const { show = "open", project = null, find = "" } = useSearch({ from: "/app/tasks" });
  const navigate = useNavigate({ from: "/tasks" });
  return (
    <Group gap="sm">
      <SegmentedControl
        aria-label="Which tasks"
        size="xs"
        data={[...SHOWS]}
        value={show}
        onChange={(value) =>
          void navigate({ search: (before) => ({ ...before, show: value as TasksShown }) })
        }
      />
      {projects.size > 1 && (
        <Select
          aria-label="Project"
          placeholder="All projects"
          size="xs"
          clearable
          data={[...projects].map(([value, label]) => ({ value, label }))}
          value={project}
          onChange={(value) =>
            void navigate({ search: (before) => ({ ...before, project: value ?? undefined }) })
          }
        />
      )}
      <TextInput
        aria-label="Find by subject or task"
        placeholder="Find by subject or task"
        size="xs"
        value={find}
        onChange={(event) => {
          const text = event.currentTarget.value;
          void navigate({
            search: (before) => ({ ...before, find: text || undefined }),
            replace: true,
          });
        }}
      />
    </Group>
  );
}

function Nothing({ show, any }: { show: TasksShown; any: boolean }) {
  if (!any) {
    return (
      <EmptyState title="No task is yours yet">
        When images arrive and pass their quality check, your tasks appear here by themselves.
      </EmptyState>
    );
  }
  if (show === "open") {
    return (
      <EmptyState title="Nothing to do right now">
        New tasks appear here by themselves. “Signed” shows what you have done.
      </EmptyState>
    );
  }
  return <EmptyState title="No task fits">Choose “All” or clear the search.</EmptyState>;
}

function isShown(task: Task, show: TasksShown): boolean {
  if (show === "all") return true;
  if (show === "open") return isOpen(task);
  if (show === "done") return task.state === "done";
  return task.state === "waiting" || task.state === "suspended";
}

function isFound(task: Task, find: string): boolean {
  const text = `${task.label} ${task.step.title} ${task.visit_label}`.toLowerCase();
  return text.includes(find.trim().toLowerCase());
}

/** Begun before ready before waiting; inside one state the server's order stays. */
function inOrder(tasks: readonly Task[]): Task[] {
  return [...tasks].sort((a, b) => TASK_STATES[a.state].rank - TASK_STATES[b.state].rank);
}
