/** What all pages of one project share: its name, its state, and the tabs the caller may open. */

import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { projectQuery } from "../api/queries";
import page from "../parts/page.module.css";
import { Answered } from "../parts/states";
import { Tag } from "../parts/Tag";
import { words } from "../words/numbers";
import classes from "./ProjectLayout.module.css";
import { ProjectContext } from "./project";
import { tabsFor } from "./tabs";

export function ProjectLayout() {
  const { projectId } = useParams({ from: "/app/projects/$projectId" });
  const project = useQuery(projectQuery(projectId));
  return (
    <Answered of={project} what="the project">
      {(found) => (
        <ProjectContext value={found}>
          <div className={classes.head}>
            <div className={classes.inner}>
              <div className={classes.names}>
                <span className={classes.code}>{found.code}</span>
                <h1 className={classes.title}>{found.title}</h1>
                <Tag tone={found.state === "open" ? "good" : "neutral"}>{words(found.state)}</Tag>
              </div>
              <nav className={classes.tabs} aria-label={`Pages of ${found.code}`}>
                {tabsFor(found).map((tab) => (
                  <Link
                    key={tab.to}
                    to={tab.to}
                    params={{ projectId }}
                    className={classes.tab}
                    activeOptions={{
                      exact: tab.to === "/projects/$projectId",
                      includeSearch: false,
                    }}
                  >
                    {tab.label}
                  </Link>
                ))}
              </nav>
            </div>
          </div>
          <div className={page.page}>
            <Outlet />
          </div>
        </ProjectContext>
      )}
    </Answered>
  );
}
