/** A project's tasks as its managers see them: whose they are and how they stand, never an answer. */

import { Table, Text } from "@mantine/core";
import type { OverseenTask } from "../api/types";
import { stateDetail } from "./states";
import { TaskStateTag } from "./TaskStateTag";
import classes from "./TaskTable.module.css";

interface OverseenTasksProps {
  tasks: readonly OverseenTask[];
  now: Date;
}

export function OverseenTasks({ tasks, now }: OverseenTasksProps) {
  return (
    <div className={classes.frame}>
      <Table highlightOnHover aria-label="Tasks of the project">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Subject</Table.Th>
            <Table.Th>Visit</Table.Th>
            <Table.Th>Task</Table.Th>
            <Table.Th>Position</Table.Th>
            <Table.Th>Assigned to</Table.Th>
            <Table.Th>State</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tasks.map((task) => (
            <Table.Tr key={task.id} data-task-id={task.id} data-state={task.state}>
              <Table.Td className={classes.code}>{task.subject_code}</Table.Td>
              <Table.Td>{task.visit_label || task.visit_code}</Table.Td>
              <Table.Td>
                {task.step.title}
                {task.run > 1 && `, run ${task.run}`}
              </Table.Td>
              <Table.Td>{task.position || "–"}</Table.Td>
              <Table.Td>{task.assignee ?? "Nobody yet"}</Table.Td>
              <Table.Td>
                <TaskStateTag state={task.state} />
                <Text span size="xs" c="dimmed" ml={8}>
                  {stateDetail(task, now)}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
