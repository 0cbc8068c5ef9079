/** Tasks as lines: what, of whom, in which state, since when, and the button that goes on. */

import { Button, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Task } from "../api/types";
import { ArrowRight } from "../parts/icons";
import { isOpen, stateDetail } from "./states";
import { TaskStateTag } from "./TaskStateTag";
import classes from "./TaskTable.module.css";
import { useStartTask } from "./useStartTask";

interface TaskTableProps {
  tasks: readonly Task[];
  now: Date;
  label: string;
  showProject?: boolean;
}

const VERBS: Partial<Record<Task["state"], string>> = {
  ready: "Start",
  in_progress: "Continue",
  submitted: "Sign",
  amending: "Continue",
  stale: "Look again",
};

export function TaskTable({ tasks, now, label, showProject }: TaskTableProps) {
  const starting = useStartTask();
  return (
    <div className={classes.frame}>
      {starting.isError && (
        <Text c="red" size="sm" p="sm" role="alert">
          {starting.error.message}
        </Text>
      )}
      <Table highlightOnHover aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Subject</Table.Th>
            <Table.Th>Visit</Table.Th>
            <Table.Th>Task</Table.Th>
            {showProject && <Table.Th>Project</Table.Th>}
            <Table.Th>State</Table.Th>
            <Table.Th>Place</Table.Th>
            <Table.Th>
              <span className={classes.hidden}>Action</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tasks.map((task) => (
            <Table.Tr key={task.id} data-task-id={task.id} data-state={task.state}>
              <Table.Td className={classes.code}>{task.label}</Table.Td>
              <Table.Td>{task.visit_label || "–"}</Table.Td>
              <Table.Td>{task.step.title}</Table.Td>
              {showProject && <Table.Td>{task.project.code}</Table.Td>}
              <Table.Td>
                <TaskStateTag state={task.state} />
                <Text span size="xs" c="dimmed" ml={8}>
                  {stateDetail(task, now)}
                </Text>
              </Table.Td>
              <Table.Td className={classes.dim}>{task.position}</Table.Td>
              <Table.Td ta="right">
                <TaskAction
                  task={task}
                  busy={starting.isPending && starting.variables.id === task.id}
                  onStart={() => starting.mutate(task)}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface TaskActionProps {
  task: Task;
  busy: boolean;
  onStart(): void;
}

function TaskAction({ task, busy, onStart }: TaskActionProps) {
  const what = `${task.step.title} of ${task.label}`;
  if (isOpen(task)) {
    const verb = VERBS[task.state] ?? "Open";
    return (
      <Button
        size="compact-sm"
        variant={task.state === "ready" ? "light" : "filled"}
        rightSection={<ArrowRight size={14} />}
        loading={busy}
        onClick={onStart}
        aria-label={`${verb}: ${what}`}
      >
        {verb}
      </Button>
    );
  }
  return (
    <Link
      to="/tasks/$taskId"
      params={{ taskId: task.id }}
      className={classes.view}
      aria-label={`View: ${what}`}
    >
      View
    </Link>
  );
}
