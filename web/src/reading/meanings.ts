/** What a signature means, by the type of the step (21 CFR 11.50 (a)(3)); as in the charter. */

import type { Meaning, Task } from "../api/types";

const MEANINGS: Readonly<Record<Task["step"]["type"], Meaning>> = {
  upload: "authorship",
  qc: "approval",
  read: "authorship",
  adjudication: "adjudication",
  review: "review",
  external: "authorship",
  ai: "review",
};

export function meaningOf(task: Pick<Task, "step">): Meaning {
  return MEANINGS[task.step.type];
}
