/** The projects a person is a member of, as cards with the counts that person may see. */

import { SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { projectsQuery } from "../api/queries";
import type { Project } from "../api/types";
import { PageHeader } from "../parts/PageHeader";
import page from "../parts/page.module.css";
import { Answered, EmptyState } from "../parts/states";
import { Tag } from "../parts/Tag";
import { usePageTitle } from "../parts/title";
import { counted, knownCount, words } from "../words/numbers";
import { figuresOf } from "./figures";
import classes from "./ProjectListPage.module.css";

export function ProjectListPage() {
  usePageTitle("Projects");
  const projects = useQuery(projectsQuery);
  return (
    <div className={page.page}>
      <PageHeader
        title="Projects"
        about={projects.data && `You are a member of ${counted(projects.data.length, "project")}`}
      />
      <Answered of={projects} what="your projects">
        {(all) =>
          all.length === 0 ? (
            <EmptyState title="No project yet">
              You see a project here once its administrator has made you a member.
            </EmptyState>
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
              {all.map((project) => (
                <ProjectCard key={project.id} project={project} />
              ))}
            </SimpleGrid>
          )
        }
      </Answered>
    </div>
  );
}

function ProjectCard({ project }: { project: Project }) {
  const { counts } = project;
  return (
    <article className={classes.card} data-project-code={project.code}>
      <div className={classes.top}>
        <span className={classes.code}>{project.code}</span>
        <Tag tone={project.state === "open" ? "good" : "neutral"}>{words(project.state)}</Tag>
      </div>
      <h2 className={classes.title}>
        <Link to="/projects/$projectId" params={{ projectId: project.id }} className={classes.open}>
          {project.title}
        </Link>
      </h2>
      <Text size="sm" c="dimmed" lineClamp={3} className={classes.about}>
        {project.description}
      </Text>
      <dl className={classes.figures}>
        {figuresOf(project).map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{knownCount(value)}</dd>
          </div>
        ))}
      </dl>
      <div className={classes.foot}>
        <span>{project.my_roles.join(", ") || "No role"}</span>
        {counts.tasks_mine > 0 && (
          <Tag tone="active">{counted(counts.tasks_mine, "task")} for you</Tag>
        )}
      </div>
    </article>
  );
}
