/** The project around the page. */

import { createContext, useContext } from "react";
import type { Project } from "../api/types";

export const ProjectContext = createContext<Project | null>(null);

export function useProject(): Project {
  const project = useContext(ProjectContext);
  if (project === null) throw new Error("This part was drawn outside of a project.");
  return project;
}
