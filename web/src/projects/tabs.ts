/** The tabs of a project and the permission that each one needs, in their order on the screen. */

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
  /** What one must be allowed to view; null is open to every member. */
  views: string | null;
}

export const PROJECT_TABS: readonly ProjectTab[] = [
  { label: "Overview", to: "/projects/$projectId", views: null },
  { label: "Images", to: "/projects/$projectId/images", views: "image" },
  { label: "Tasks", to: "/projects/$projectId/tasks", views: "task" },
  { label: "Results", to: "/projects/$projectId/results", views: "result" },
  { label: "Agreement", to: "/projects/$projectId/agreement", views: "result" },
  { label: "Ledger", to: "/projects/$projectId/ledger", views: "ledger" },
  { label: "Locks", to: "/projects/$projectId/locks", views: "lock" },
];

export function tabsFor(project: Project): readonly ProjectTab[] {
  return PROJECT_TABS.filter(({ views }) => views === null || can(project, "view", views));
}
