/** A project at a glance: its figures and, for those who may see them, its subjects and visits. */

import { Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { tablesQuery } from "../api/queries";
import type { Project } from "../api/types";
import { usePageTitle } from "../parts/title";
import { count, knownCount } from "../words/numbers";
import { ago } from "../words/time";
import { useNow } from "../words/useNow";
import { figuresOf } from "./figures";
import classes from "./OverviewPage.module.css";
import { can } from "./permissions";
import { useProject } from "./project";
import { SubjectBoard } from "./SubjectBoard";

export function OverviewPage() {
  const project = useProject();
  usePageTitle(project.code);
  return (
    <Stack gap="lg">
      {project.description && (
        <Text maw={760} c="dimmed">
          {project.description}
        </Text>
      )}
      <Figures project={project} />
      {project.counts.tasks_mine > 0 && (
        <div className={classes.mine}>
          <Text size="sm">
            <strong>{count(project.counts.tasks_mine)}</strong> of the open tasks here are yours.
          </Text>
          <Link to="/tasks" search={{ project: project.id }}>
            Go to my tasks
          </Link>
        </div>
      )}
      {can(project, "view", "subject") && <SubjectBoard project={project} />}
    </Stack>
  );
}

function Figures({ project }: { project: Project }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="md">
      {figuresOf(project).map(({ label, value }) => (
        <div key={label} className={classes.figure}>
          <span className={classes.label}>{label}</span>
          <span className={classes.value}>{knownCount(value)}</span>
        </div>
      ))}
      {can(project, "view", "result") && <ResultsAge projectId={project.id} />}
    </SimpleGrid>
  );
}

function ResultsAge({ projectId }: { projectId: string }) {
  const tables = useQuery(tablesQuery(projectId));
  const now = useNow();
  const results = tables.data?.find((table) => table.name === "results");
  if (!results || results.version === null || results.written_at === null) return null;
  return (
    <Group className={classes.age} gap="xs">
      <Text size="sm">
        The results table is at version {results.version}, as of ledger sequence{" "}
        {results.ledger_sequence === null ? "–" : count(results.ledger_sequence)}, written{" "}
        {ago(results.written_at, now)}.
      </Text>
      <Link to="/projects/$projectId/results" params={{ projectId }}>
        Open the results
      </Link>
    </Group>
  );
}
