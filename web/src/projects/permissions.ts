/** What the caller may do in a project. It decides what is offered; the server decides what is done. */

import type { Project } from "../api/types";

export function can(project: Project, verb: string, object: string): boolean {
  return project.my_permissions.includes(`${verb} ${object}`);
}
