/** The lake's tables, at any version: paged, sorted and filtered by the server. */

import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { csvAddress, rowsQuery, tablesQuery, versionsQuery } from "../api/queries";
import type { Column, RowsPage, Table, TableVersion } from "../api/types";
import { Download } from "../parts/icons";
import { PageHeader } from "../parts/PageHeader";
import { Pager } from "../parts/Pager";
import page from "../parts/page.module.css";
import { Answered, EmptyState } from "../parts/states";
import { usePageTitle } from "../parts/title";
import { can } from "../projects/permissions";
import { useProject } from "../projects/project";
import { count, counted } from "../words/numbers";
import { ago, utc } from "../words/time";
import { useNow } from "../words/useNow";
import { ColumnChooser } from "./ColumnChooser";
import { Filters } from "./Filters";
import classes from "./ResultsPage.module.css";
import { RowsTable } from "./RowsTable";
import type { ResultsSearch } from "./search";
import { nextSort, questionOf, ROWS_PER_PAGE, shownColumns } from "./views";

const LAYERS = [
  { layer: "gold", group: "Gold: answers a question" },
  { layer: "silver", group: "Silver: one row per thing" },
  { layer: "bronze", group: "Bronze: nothing dropped" },
] as const;

export function ResultsPage() {
  const project = useProject();
  usePageTitle(`${project.code}: results`);
  const { table: name = "results" } = useSearch({ from: "/app/projects/$projectId/results" });
  const tables = useQuery(tablesQuery(project.id));
  return (
    <Answered of={tables} what="the tables">
      {(all) => {
        const table = all.find((one) => one.name === name);
        return table === undefined ? (
          <EmptyState title={`There is no table ${name}`}>
            Choose a table of this project.
          </EmptyState>
        ) : (
          <OneTable key={name} table={table} tables={all} />
        );
      }}
    </Answered>
  );
}

interface OneTableProps {
  table: Table;
  tables: readonly Table[];
}

function OneTable({ table, tables }: OneTableProps) {
  const project = useProject();
  const search = useSearch({ from: "/app/projects/$projectId/results" });
  const navigate = useNavigate({ from: "/projects/$projectId/results" });
  const columns = shownColumns(table.name, table.columns, search.columns);
  const written = table.version !== null;
  const rows = useQuery({
    ...rowsQuery(project.id, table.name, questionOf(search, columns)),
    enabled: written,
  });
  const version = search.version ?? rows.data?.version ?? null;

  function turn(part: Partial<ResultsSearch>) {
    void navigate({ search: (before) => ({ ...before, offset: undefined, ...part }) });
  }

  return (
    <Stack gap="sm">
      <PageHeader
        order={2}
        title={table.name === "results" ? "Results" : table.name}
        about={table.description}
        actions={
          written &&
          can(project, "export", "result") && (
            <Button
              component="a"
              href={csvAddress(project.id, table.name, version)}
              download
              variant="default"
              leftSection={<Download size={15} />}
            >
              CSV
            </Button>
          )
        }
      />
      <Controls table={table} tables={tables} columns={columns} search={search} onTurn={turn} />
      {written ? (
        <Answered of={rows} what="the rows">
          {(found) => <Rows found={found} columns={columns} search={search} onTurn={turn} />}
        </Answered>
      ) : (
        <div className={page.card}>
          <EmptyState title="Not written yet">
            The pipelines write this table within a minute after the first data has arrived.
          </EmptyState>
        </div>
      )}
    </Stack>
  );
}

interface TurnProps {
  columns: readonly Column[];
  search: ResultsSearch;
  /** Change the address: always back to the first page, unless the place is what changes. */
  onTurn(part: Partial<ResultsSearch>): void;
}

function Controls({ table, tables, columns, search, onTurn }: OneTableProps & TurnProps) {
  const project = useProject();
  const navigate = useNavigate({ from: "/projects/$projectId/results" });
  const written = table.version !== null;
  return (
    <>
      <Group gap="sm" align="flex-end">
        <Select
          label="Table"
          size="xs"
          w={190}
          allowDeselect={false}
          data={tableChoices(tables)}
          value={table.name}
          onChange={(chosen) =>
            void navigate({
              search: { table: chosen === "results" ? undefined : (chosen ?? undefined) },
            })
          }
        />
        {written && (
          <>
            <VersionChooser
              projectId={project.id}
              table={table}
              chosen={search.version ?? null}
              onChoose={(version) => onTurn({ version: version ?? undefined })}
            />
            <ColumnChooser
              columns={table.columns}
              shown={columns}
              onChoose={(names) => onTurn({ columns: names?.join(",") })}
            />
          </>
        )}
      </Group>
      {written && (
        <Filters
          columns={table.columns}
          filter={search.filter ?? []}
          onChange={(filter) => onTurn({ filter: filter.length > 0 ? [...filter] : undefined })}
        />
      )}
    </>
  );
}

function Rows({ found, columns, search, onTurn }: TurnProps & { found: RowsPage }) {
  return (
    <>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" data-testid="as-of">
          Version {found.version}, data as of ledger sequence {count(found.ledger_sequence)}
        </Text>
        <Pager
          what="rows"
          total={found.total}
          offset={found.offset}
          limit={ROWS_PER_PAGE}
          onMove={(offset) => onTurn({ offset: offset === 0 ? undefined : offset })}
        />
      </Group>
      <div className={page.card}>
        <RowsTable
          columns={columns}
          rows={found.rows}
          sort={search.sort}
          label={`${found.table}, version ${found.version}`}
          onSort={(column) => onTurn({ sort: nextSort(search.sort, column) })}
        />
        {found.total === 0 && (
          <EmptyState title="No row fits">
            {search.filter ? "Remove a filter to see more." : "This version of the table is empty."}
          </EmptyState>
        )}
      </div>
    </>
  );
}

function tableChoices(tables: readonly Table[]) {
  return LAYERS.map(({ layer, group }) => ({
    group,
    items: tables
      .filter((one) => one.layer === layer)
      .map(({ name }) => ({ value: name, label: name })),
  })).filter(({ items }) => items.length > 0);
}

interface VersionChooserProps {
  projectId: string;
  table: Table;
  chosen: number | null;
  onChoose(version: number | null): void;
}

const NEWEST = "newest";

function VersionChooser({ projectId, table, chosen, onChoose }: VersionChooserProps) {
  const versions = useQuery(versionsQuery(projectId, table.name));
  const now = useNow();
  return (
    <Select
      label="Version"
      size="xs"
      w={330}
      allowDeselect={false}
      className={classes.version}
      data={[
        { value: NEWEST, label: `Newest (${table.version})` },
        ...(versions.data ?? []).map((one) => ({
          value: String(one.version),
          label: versionWords(one, now),
        })),
      ]}
      value={chosen === null ? NEWEST : String(chosen)}
      onChange={(value) => onChoose(value === null || value === NEWEST ? null : Number(value))}
    />
  );
}

const DAY_MS = 86_400_000;

function versionWords({ version, written_at, rows }: TableVersion, now: Date): string {
  const recent = now.getTime() - new Date(written_at).getTime() < DAY_MS;
  return `${version}: ${recent ? ago(written_at, now) : utc(written_at)}, ${counted(rows, "row")}`;
}
