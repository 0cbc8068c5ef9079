/** The figures of a project in the order in which they are shown. */

import type { Project } from "../api/types";

export function figuresOf({ counts }: Project): readonly { label: string; value: number | null }[] {
  return [
    { label: "Subjects", value: counts.subjects },
    { label: "Images", value: counts.instances },
    { label: "Open tasks", value: counts.tasks_open },
    { label: "Signed reads", value: counts.reads_signed },
  ];
}
