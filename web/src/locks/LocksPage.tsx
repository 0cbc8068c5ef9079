/** Locks: named, hashed snapshots of all tables of the project. */

import { Alert, Button, Group, Modal, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ask, client } from "../api/client";
import { sentence } from "../api/problem";
import { lockQuery, locksQuery } from "../api/queries";
import type { LockDetail, Lock as LockOf } from "../api/types";
import { ResolutionList } from "../life/ResolutionList";
import { Digest } from "../parts/Digest";
import { Lock } from "../parts/icons";
import { PageHeader } from "../parts/PageHeader";
import page from "../parts/page.module.css";
import { Answered, EmptyState } from "../parts/states";
import { usePageTitle } from "../parts/title";
import { can } from "../projects/permissions";
import { useProject } from "../projects/project";
import { count, counted } from "../words/numbers";
import { utc } from "../words/time";
import classes from "./LocksPage.module.css";

export function LocksPage() {
  const project = useProject();
  usePageTitle(`${project.code}: locks`);
  const locks = useQuery(locksQuery(project.id));
  const [making, dialog] = useDisclosure(false);
  return (
    <Stack gap="md">
      <PageHeader
        order={2}
        title="Locks"
        about="A lock names every table at one version by the digest of its files, so that a number can cite it."
        actions={
          can(project, "create", "lock") &&
          project.state === "open" && (
            <Button leftSection={<Lock size={15} />} onClick={dialog.open}>
              Make a lock
            </Button>
          )
        }
      />
      <Answered of={locks} what="the locks">
        {(all) =>
          all.length === 0 ? (
            <div className={page.card}>
              <EmptyState title="No lock yet">
                Make one before a number leaves the platform: it can then be rebuilt and checked.
              </EmptyState>
            </div>
          ) : (
            all.map((lock) => <LockCard key={lock.id} lock={lock} projectId={project.id} />)
          )
        }
      </Answered>
      <NewLock projectId={project.id} opened={making} onClose={dialog.close} />
      <ResolutionList
        project={project}
        maySign={can(project, "create", "lock") || can(project, "approve", "lock")}
      />
    </Stack>
  );
}

function LockCard({ lock, projectId }: { lock: LockOf; projectId: string }) {
  const detail = useQuery(lockQuery(projectId, lock.id));
  return (
    <article className={classes.lock} data-lock-digest={lock.digest}>
      <Group justify="space-between" align="baseline">
        <h3 className={classes.name}>
          {lock.number}. {lock.name}
          {lock.kind === "final" ? " (final)" : ""}
        </h3>
        <Digest value={lock.digest} what="digest of the lock" />
      </Group>
      <Text size="sm" c="dimmed">
        Made {utc(lock.made_at)} by {lock.made_by}, data as of ledger sequence{" "}
        {count(lock.as_of_sequence)}
      </Text>
      <Answered of={detail} what="the tables of the lock">
        {(found) => <LockedTables lock={found} projectId={projectId} />}
      </Answered>
    </article>
  );
}

function LockedTables({ lock, projectId }: { lock: LockDetail; projectId: string }) {
  return (
    <>
      {lock.problems.length > 0 && (
        <Alert color="red" role="alert" title="This lock no longer holds" mt="sm">
          {lock.problems.map((problem) => (
            <Text key={problem} size="sm">
              {problem}
            </Text>
          ))}
        </Alert>
      )}
      <Table aria-label={`Tables of the lock ${lock.name}`} mt="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Table</Table.Th>
            <Table.Th>Version</Table.Th>
            <Table.Th>Rows</Table.Th>
            <Table.Th>Files</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lock.tables.map((one) => (
            <Table.Tr key={one.table}>
              <Table.Td>
                <Link
                  to="/projects/$projectId/results"
                  params={{ projectId }}
                  search={{ table: one.table, version: one.version }}
                >
                  {one.table}
                </Link>
              </Table.Td>
              <Table.Td>{one.version}</Table.Td>
              <Table.Td>{count(one.rows)}</Table.Td>
              <Table.Td>{counted(one.files, "file")}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}

interface NewLockProps {
  projectId: string;
  opened: boolean;
  onClose(): void;
}

function NewLock({ projectId, opened, onClose }: NewLockProps) {
  const [name, setName] = useState("");
  const queries = useQueryClient();
  const making = useMutation({
    mutationFn: () =>
      ask(
        client.POST("/api/projects/{project_id}/locks", {
          params: { path: { project_id: projectId } },
          body: { name: name.trim() },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: locksQuery(projectId).queryKey });
      setName("");
      onClose();
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    making.mutate();
  }

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Make a lock"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Name"
            description="What it is for, such as “Interim analysis 1”. It cannot be changed later."
            required
            maxLength={100}
            data-autofocus
            value={name}
            error={making.isError ? sentence(making.error) : null}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={making.isPending}>
              Make the lock
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
