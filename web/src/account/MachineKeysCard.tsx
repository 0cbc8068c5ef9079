/** Keys of machines, for whoever manages the members of a project: made, listed, revoked. */

import {
  Alert,
  Button,
  Code,
  CopyButton,
  Group,
  Modal,
  NumberInput,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
} from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask, client } from "../api/client";
import { projectsQuery } from "../api/queries";
import type { Project } from "../api/types";
import { Answered } from "../parts/states";
import { can } from "../projects/permissions";
import { utc } from "../words/time";
import classes from "./account.module.css";
import { useGuarded } from "./StepUp";

const DAYS = 365;

const keysQuery = (projectId: string) => ({
  queryKey: ["projects", projectId, "machine-keys"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    ask(
      client.GET("/api/projects/{project_id}/machine-keys", {
        params: { path: { project_id: projectId } },
        signal,
      }),
    ),
});

export function MachineKeysCard() {
  const projects = useQuery(projectsQuery);
  const mine = projects.data?.filter((project) => can(project, "create", "member")) ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const project = mine.find((one) => one.id === chosen) ?? mine[0];
  if (project === undefined) return null;
  return (
    <section className={`${classes.card} ${classes.wide}`} aria-label="Machine keys">
      <Group justify="space-between" mb="xs">
        <h2 className={classes.title}>Machine keys</h2>
        <Select
          aria-label="Project"
          size="xs"
          allowDeselect={false}
          data={mine.map((one) => ({ value: one.id, label: one.code }))}
          value={project.id}
          onChange={setChosen}
        />
      </Group>
      <Keys project={project} />
    </section>
  );
}

function Keys({ project }: { project: Project }) {
  const queries = useQueryClient();
  const keys = useQuery(keysQuery(project.id));
  const [making, setMaking] = useState(false);
  const revoke = useGuarded(async (id: string) => {
    await ask(
      client.POST("/api/machine-keys/{key_id}/revoke", {
        params: { path: { key_id: id } },
        body: { reason: { code: "revoked", text: "" } },
      }),
    );
    await queries.invalidateQueries({ queryKey: keysQuery(project.id).queryKey });
  });
  return (
    <Stack gap="sm">
      {revoke.error !== null && (
        <Alert color="red" role="alert">
          {revoke.error}
        </Alert>
      )}
      <Answered of={keys} what="the machine keys">
        {(all) => (
          <Table aria-label={`Machine keys of ${project.code}`}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Role</Table.Th>
                <Table.Th>From</Table.Th>
                <Table.Th>Last used</Table.Th>
                <Table.Th>Ends</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {all.map((key) => (
                <Table.Tr key={key.id}>
                  <Table.Td>{key.name}</Table.Td>
                  <Table.Td>{key.role}</Table.Td>
                  <Table.Td>{key.allowed_addresses.join(", ") || "anywhere"}</Table.Td>
                  <Table.Td>{key.last_used_at === null ? "never" : utc(key.last_used_at)}</Table.Td>
                  <Table.Td>
                    {key.revoked_at === null
                      ? utc(key.expires_at)
                      : `revoked ${utc(key.revoked_at)}`}
                  </Table.Td>
                  <Table.Td>
                    {key.revoked_at === null && (
                      <Button size="xs" variant="default" onClick={() => revoke.mutate(key.id)}>
                        Revoke
                      </Button>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Answered>
      {keys.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          No machine has a key for {project.code}.
        </Text>
      )}
      <div>
        <Button size="xs" variant="default" onClick={() => setMaking(true)}>
          Make a key
        </Button>
      </div>
      {revoke.dialog}
      <NewKey project={project} opened={making} onClose={() => setMaking(false)} />
    </Stack>
  );
}

function NewKey(props: { project: Project; opened: boolean; onClose(): void }) {
  const { project, opened, onClose } = props;
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [days, setDays] = useState<number | string>(DAYS);
  const [addresses, setAddresses] = useState("");
  const [key, setKey] = useState<string | null>(null);
  const make = useGuarded(async () => {
    const made = await ask(
      client.POST("/api/projects/{project_id}/machine-keys", {
        params: { path: { project_id: project.id } },
        body: {
          name: name.trim(),
          role: "Gateway",
          days: Number(days),
          allowed_addresses: addresses.split(/[\s,]+/).filter((one) => one !== ""),
        },
      }),
    );
    setKey(made.key);
    await queries.invalidateQueries({ queryKey: keysQuery(project.id).queryKey });
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    make.mutate(undefined);
  }

  function close() {
    setKey(null);
    setName("");
    onClose();
  }

  return (
    <>
      <Modal
        opened={opened}
        onClose={close}
        title={`A key for a machine in ${project.code}`}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {key !== null ? (
          <Stack>
            <Text size="sm">Give this to the machine now. It is never shown again.</Text>
            <Code block>{key}</Code>
            <CopyButton value={key}>
              {({ copied, copy }) => <Button onClick={copy}>{copied ? "Copied" : "Copy"}</Button>}
            </CopyButton>
          </Stack>
        ) : (
          <form onSubmit={submit} aria-label="Make a key">
            <Stack>
              {make.error !== null && (
                <Alert color="red" role="alert">
                  {make.error}
                </Alert>
              )}
              <TextInput
                label="Name"
                description="What the machine is, such as “Gateway at site 3”"
                required
                withAsterisk={false}
                maxLength={100}
                data-autofocus
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <NumberInput
                label="Ends after"
                suffix=" days"
                min={1}
                max={1098}
                value={days}
                onChange={setDays}
              />
              <TextInput
                label="Only from"
                description="IP addresses or networks; empty: from anywhere"
                placeholder="192.0.2.0/24"
                value={addresses}
                onChange={(event) => setAddresses(event.currentTarget.value)}
              />
              <Group justify="flex-end">
                <Button type="submit" loading={make.isPending}>
                  Make the key
                </Button>
              </Group>
            </Stack>
          </form>
        )}
      </Modal>
      {make.dialog}
    </>
  );
}
