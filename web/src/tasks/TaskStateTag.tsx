import type { TaskState } from "../api/types";
import { Tag } from "../parts/Tag";
import { TASK_STATES } from "./states";

export function TaskStateTag({ state }: { state: TaskState }) {
  const { label, tone } = TASK_STATES[state];
  return <Tag tone={tone}>{label}</Tag>;
}
