/** The project's ledger, newest first, and whether it holds. */

import { Group, Select, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { ledgerQuery } from "../api/queries";
import { PageHeader } from "../parts/PageHeader";
import { Pager } from "../parts/Pager";
import page from "../parts/page.module.css";
import { Answered, EmptyState } from "../parts/states";
import { usePageTitle } from "../parts/title";
import { useProject } from "../projects/project";
import { counted, words } from "../words/numbers";
import { Entries } from "./Entries";
import { ExportButtons } from "./ExportButtons";
import { Narrow, type Narrowing, WIDE } from "./Narrow";
import { VerificationCard } from "./VerificationCard";

const PER_PAGE = 50;

export function LedgerPage() {
  const project = useProject();
  usePageTitle(`${project.code}: ledger`);
  const { action = null } = useSearch({ from: "/app/projects/$projectId/ledger" });
  const navigate = useNavigate({ from: "/projects/$projectId/ledger" });
  const [offset, setOffset] = useState(0);
  const [narrowed, setNarrowed] = useState<Narrowing>(WIDE);
  const entries = useQuery(
    ledgerQuery(project.id, { action, ...narrowed, offset, limit: PER_PAGE }),
  );

  function narrow(change: Partial<Narrowing>) {
    setOffset(0);
    setNarrowed({ ...narrowed, ...change });
  }

  return (
    <Stack gap="md">
      <PageHeader
        order={2}
        title="Ledger"
        about={
          entries.data &&
          `${counted(entries.data.size, "entry", "entries")}: every change and every look, who, when and why`
        }
      />
      <VerificationCard projectId={project.id} />
      <ExportButtons projectId={project.id} />
      <Narrow value={narrowed} onChange={narrow} />
      <Answered of={entries} what="the ledger">
        {(found) => (
          <>
            <Group justify="space-between">
              <Select
                aria-label="Only this kind of entry"
                placeholder="All kinds of entries"
                size="xs"
                w={230}
                clearable
                searchable
                data={found.actions.map((value) => ({ value, label: words(value) }))}
                value={action}
                onChange={(value) => {
                  setOffset(0);
                  void navigate({ search: { action: value ?? undefined } });
                }}
              />
              <Pager
                what="entries"
                total={found.total}
                offset={found.offset}
                limit={PER_PAGE}
                onMove={setOffset}
              />
            </Group>
            <div className={page.card}>
              {found.entries.length === 0 ? (
                <EmptyState title="No entry fits" />
              ) : (
                <Entries entries={found.entries} />
              )}
            </div>
          </>
        )}
      </Answered>
    </Stack>
  );
}
