/** Subjects against visits: where each visit stands. */

import {
  Button,
  Group,
  Modal,
  Pagination,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask, client } from "../api/client";
import { sentence } from "../api/problem";
import { subjectsQuery } from "../api/queries";
import type { Project, Subject } from "../api/types";
import { Plus } from "../parts/icons";
import page from "../parts/page.module.css";
import { Answered, EmptyState } from "../parts/states";
import { Tag, type Tone } from "../parts/Tag";
import { counted, words } from "../words/numbers";
import { can } from "./permissions";

const PER_PAGE = 50;

type VisitColumn = readonly [code: string, label: string];

const VISIT_TONES: Readonly<Record<Subject["visits"][number]["state"], Tone>> = {
  expected: "neutral",
  in_qc: "active",
  in_reading: "active",
  complete: "good",
};

export function SubjectBoard({ project }: { project: Project }) {
  const subjects = useQuery(subjectsQuery(project.id));
  const [adding, dialog] = useDisclosure(false);
  return (
    <section aria-labelledby="subjects-title">
      <Group justify="space-between" mb="xs">
        <Title order={2} id="subjects-title">
          Subjects and visits
        </Title>
        {can(project, "create", "subject") && (
          <Button
            size="xs"
            variant="default"
            leftSection={<Plus size={14} />}
            onClick={dialog.open}
          >
            Add a subject
          </Button>
        )}
      </Group>
      <Answered of={subjects} what="the subjects">
        {(all) =>
          all.length === 0 ? (
            <div className={page.card}>
              <EmptyState title="No subject yet">
                Subjects appear when they are added here or when images of a new subject code
                arrive.
              </EmptyState>
            </div>
          ) : (
            <Board subjects={all} />
          )
        }
      </Answered>
      <NewSubject projectId={project.id} opened={adding} onClose={dialog.close} />
    </section>
  );
}

function Board({ subjects }: { subjects: readonly Subject[] }) {
  const [find, setFind] = useState("");
  const [shown, setShown] = useState(1);
  const found = subjects.filter((one) =>
    one.code.toLowerCase().includes(find.trim().toLowerCase()),
  );
  const listed = found.slice((shown - 1) * PER_PAGE, shown * PER_PAGE);
  return (
    <Stack gap="sm">
      {subjects.length > 12 && (
        <TextInput
          aria-label="Find a subject by code"
          placeholder="Find a subject by code"
          size="xs"
          maw={260}
          value={find}
          onChange={(event) => {
            setFind(event.currentTarget.value);
            setShown(1);
          }}
        />
      )}
      <VisitTable subjects={listed} visits={visitColumns(subjects)} />
      {found.length > PER_PAGE && (
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {counted(found.length, "subject")}
          </Text>
          <Pagination
            size="sm"
            total={Math.ceil(found.length / PER_PAGE)}
            value={shown}
            onChange={setShown}
            getControlProps={(control) => ({ "aria-label": `${words(control)} page of subjects` })}
          />
        </Group>
      )}
    </Stack>
  );
}

interface VisitTableProps {
  subjects: readonly Subject[];
  visits: readonly VisitColumn[];
}

function VisitTable({ subjects, visits }: VisitTableProps) {
  return (
    <Table.ScrollContainer minWidth={480} className={page.card}>
      <Table highlightOnHover aria-label="Subjects and visits">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Subject</Table.Th>
            <Table.Th>State</Table.Th>
            {visits.map(([code, label]) => (
              <Table.Th key={code}>{label}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {subjects.map((subject) => (
            <Table.Tr key={subject.id}>
              <Table.Td className={page.mono}>
                {subject.code}
                {subject.kind === "test" && <Tag>Test</Tag>}
              </Table.Td>
              <Table.Td>{words(subject.state)}</Table.Td>
              {visits.map(([code]) => (
                <Table.Td key={code}>{visitCell(subject, code)}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function visitCell(subject: Subject, code: string) {
  const visit = subject.visits.find((one) => one.code === code);
  if (visit === undefined) return <Text c="dimmed">–</Text>;
  return <Tag tone={VISIT_TONES[visit.state]}>{words(visit.state)}</Tag>;
}

/** Every visit any subject has, in the order in which subjects list them. */
function visitColumns(subjects: readonly Subject[]): VisitColumn[] {
  const seen = new Map<string, string>();
  for (const { visits } of subjects) {
    for (const { code, label } of visits) seen.set(code, label);
  }
  return [...seen];
}

interface NewSubjectProps {
  projectId: string;
  opened: boolean;
  onClose(): void;
}

function NewSubject({ projectId, opened, onClose }: NewSubjectProps) {
  const [code, setCode] = useState("");
  const queries = useQueryClient();
  const adding = useMutation({
    mutationFn: () =>
      ask(
        client.POST("/api/projects/{project_id}/subjects", {
          params: { path: { project_id: projectId } },
          body: { code: code.trim(), kind: "live", cohort: "", further_sites: [] },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["projects", projectId] });
      setCode("");
      onClose();
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    adding.mutate();
  }

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Add a subject"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Subject code"
            description="Unique in the project. Never a name, a birth date or a hospital number."
            required
            maxLength={64}
            data-autofocus
            value={code}
            error={adding.isError ? sentence(adding.error) : null}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={adding.isPending}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
