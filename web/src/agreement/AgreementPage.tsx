/** How far readers agree, per item and pair, with intervals: chart and table of the same numbers. */

import { Group, Select, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { rowsQuery, tablesQuery } from "../api/queries";
import type { RowsPage } from "../api/types";
import { PageHeader } from "../parts/PageHeader";
import page from "../parts/page.module.css";
import { Answered, EmptyState } from "../parts/states";
import { usePageTitle } from "../parts/title";
import { useProject } from "../projects/project";
import { count } from "../words/numbers";
import { ForestPlot } from "./ForestPlot";
import {
  type Agreement,
  agreementsOf,
  COEFFICIENTS,
  coefficientWords,
  estimateWords,
} from "./rows";

const TABLE = "reader_agreement";
const MOST_ROWS = 2_000;

export function AgreementPage() {
  const project = useProject();
  usePageTitle(`${project.code}: agreement`);
  const tables = useQuery(tablesQuery(project.id));
  const written = tables.data?.find(({ name }) => name === TABLE)?.version ?? null;
  return (
    <Answered of={tables} what="the agreement">
      {() =>
        written === null ? (
          <div className={page.card}>
            <EmptyState title="No agreement yet">
              It is computed within a minute after two readers have signed reads of the same images.
            </EmptyState>
          </div>
        ) : (
          <Agreements projectId={project.id} />
        )
      }
    </Answered>
  );
}

function Agreements({ projectId }: { projectId: string }) {
  const rows = useQuery(
    rowsQuery(projectId, TABLE, {
      version: null,
      columns: null,
      sort: null,
      filter: [],
      offset: 0,
      limit: MOST_ROWS,
    }),
  );
  return (
    <Answered of={rows} what="the agreement">
      {(found) => <Charted found={found} />}
    </Answered>
  );
}

function Charted({ found }: { found: RowsPage }) {
  const search = useSearch({ from: "/app/projects/$projectId/agreement" });
  const navigate = useNavigate({ from: "/projects/$projectId/agreement" });
  const all = useMemo(() => agreementsOf(found), [found]);
  const present = Object.keys(COEFFICIENTS).filter((code) =>
    all.some((row) => row.coefficient === code),
  );
  const coefficient = search.coefficient ?? present[0];
  const rows = useMemo(
    () => all.filter((row) => row.coefficient === coefficient),
    [all, coefficient],
  );

  if (coefficient === undefined || all.length === 0) {
    return (
      <div className={page.card}>
        <EmptyState title="No agreement yet">
          No images have been read by two readers so far.
        </EmptyState>
      </div>
    );
  }
  return (
    <Stack gap="md">
      <PageHeader
        order={2}
        title="Agreement between readers"
        about={
          <>
            Data as of ledger sequence {count(found.ledger_sequence)}, version {found.version}
          </>
        }
        actions={
          <Select
            aria-label="Coefficient"
            size="xs"
            w={220}
            allowDeselect={false}
            data={present.map((code) => ({ value: code, label: coefficientWords(code) }))}
            value={coefficient}
            onChange={(code) => void navigate({ search: { coefficient: code ?? undefined } })}
          />
        }
      />
      <div className={page.card}>
        <ForestPlot rows={rows} axisTitle={coefficientWords(coefficient)} />
      </div>
      <EstimateTable
        rows={rows}
        label={`${coefficientWords(coefficient)} per item and pair of readers`}
      />
      {found.total > found.rows.length && (
        <Group>
          <Text size="sm" c="dimmed">
            The first {count(found.rows.length)} of {count(found.total)} rows; the table {TABLE}{" "}
            under Results holds all.
          </Text>
        </Group>
      )}
    </Stack>
  );
}

function EstimateTable({ rows, label }: { rows: readonly Agreement[]; label: string }) {
  return (
    <Table.ScrollContainer minWidth={640} className={page.card}>
      <Table highlightOnHover aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Item</Table.Th>
            <Table.Th>Readers</Table.Th>
            <Table.Th>Units</Table.Th>
            <Table.Th>Value (95 % interval)</Table.Th>
            <Table.Th>Method</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.key}>
              <Table.Td className={page.mono}>{row.item}</Table.Td>
              <Table.Td>{row.pair}</Table.Td>
              <Table.Td>{count(row.units)}</Table.Td>
              <Table.Td className={page.whole}>{estimateWords(row)}</Table.Td>
              <Table.Td>
                <Text size="xs" c="dimmed">
                  {row.method}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
