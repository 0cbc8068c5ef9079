/**
 * The tabs of a project and the permissions that each one needs, in their order on the screen.
 *
 * A reader may view own tasks and their images; the lists of a project are for those who also see
 * its subjects.
 */

import type { Project } from "../api/types";
import { can } from "./permissions";

export interface ProjectTab {
  label: string;
  to:
    | "/projects/$projectId"
    | "/projects/$projectId/images"
    | "/projects/$projectId/tasks"
    | "/projects/$projectId/results"
    | "/projects/$projectId/agreement"
    | "/projects/$projectId/ledger"
    | "/projects/$projectId/locks";
  needs: readonly (readonly [verb: string, object: string])[];
}

export const PROJECT_TABS: readonly ProjectTab[] = [
  { label: "Overview", to: "/projects/$projectId", needs: [] },
  {
    label: "Images",
    to: "/projects/$projectId/images",
    needs: [
      ["view", "image"],
      ["view", "subject"],
    ],
  },
  {
    label: "Tasks",
    to: "/projects/$projectId/tasks",
    needs: [
      ["view", "task"],
      ["view", "subject"],
    ],
  },
  { label: "Results", to: "/projects/$projectId/results", needs: [["view", "result"]] },
  { label: "Agreement", to: "/projects/$projectId/agreement", needs: [["view", "result"]] },
  { label: "Ledger", to: "/projects/$projectId/ledger", needs: [["view", "ledger"]] },
  { label: "Locks", to: "/projects/$projectId/locks", needs: [["view", "lock"]] },
];

export function tabsFor(project: Project): readonly ProjectTab[] {
  return PROJECT_TABS.filter(({ needs }) =>
    needs.every(([verb, object]) => can(project, verb, object)),
  );
}
