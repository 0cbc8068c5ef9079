/** Putting a resolution forward: what, why, and what its kind needs to be named. */

import {
  Alert,
  Button,
  Group,
  Modal,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask, client } from "../api/client";
import { sentence } from "../api/problem";
import type { Project, ResolutionNew } from "../api/types";
import { type Kind, offersIn } from "./kinds";

interface ProposeDialogProps {
  project: Project;
  opened: boolean;
  onClose(): void;
}

export function ProposeDialog({ project, opened, onClose }: ProposeDialogProps) {
  const offers = offersIn(project.state);
  const [kind, setKind] = useState<Kind | null>(null);
  const [named, setNamed] = useState<Record<string, string>>({});
  const queries = useQueryClient();
  const chosen = offers.find((offer) => offer.kind === kind) ?? offers[0];
  const proposing = useMutation({
    mutationFn: (body: ResolutionNew) =>
      ask(
        client.POST("/api/projects/{project_id}/resolutions", {
          params: { path: { project_id: project.id } },
          body,
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["projects", project.id, "resolutions"] });
      setNamed({});
      onClose();
    },
  });
  if (chosen === undefined) return null;

  function set(name: string, value: string) {
    setNamed((before) => ({ ...before, [name]: value }));
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (chosen === undefined) return;
    const basis = chosen.fields.includes("basis")
      ? (named.basis ?? chosen.bases?.[0]?.value)
      : null;
    proposing.mutate({
      kind: chosen.kind,
      reason: { code: chosen.kind, text: (named.reason ?? "").trim() },
      object_kind: "project",
      object_id: named.object?.trim() || null,
      name: named.name?.trim() || null,
      manifest: named.manifest?.trim() || null,
      basis: (basis ?? null) as Exclude<ResolutionNew["basis"], undefined>,
    });
  }

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Put something forward"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Select
            label="What"
            data={offers.map((offer) => ({ value: offer.kind, label: offer.label }))}
            value={chosen.kind}
            allowDeselect={false}
            onChange={(value) => setKind(value as Kind)}
          />
          <Text size="sm" c="dimmed">
            {chosen.about}
          </Text>
          {chosen.fields.includes("name") && (
            <TextInput
              label="Name of the lock"
              required
              maxLength={100}
              value={named.name ?? ""}
              onChange={(event) => set("name", event.currentTarget.value)}
            />
          )}
          {chosen.fields.includes("object") && (
            <TextInput
              label={chosen.object ?? "Id"}
              required
              maxLength={36}
              value={named.object ?? ""}
              onChange={(event) => set("object", event.currentTarget.value)}
            />
          )}
          {chosen.bases !== undefined && (
            <Select
              label="Ground"
              data={[...chosen.bases]}
              value={named.basis ?? chosen.bases[0]?.value ?? null}
              allowDeselect={false}
              onChange={(value) => set("basis", value ?? "")}
            />
          )}
          {chosen.fields.includes("manifest") && (
            <TextInput
              label="SHA-256 of the manifest that was verified elsewhere"
              maxLength={64}
              value={named.manifest ?? ""}
              onChange={(event) => set("manifest", event.currentTarget.value)}
            />
          )}
          <Textarea
            label="Why"
            required
            maxLength={2000}
            autosize
            minRows={2}
            value={named.reason ?? ""}
            onChange={(event) => set("reason", event.currentTarget.value)}
          />
          {proposing.isError && (
            <Alert color="red" role="alert" title="Not put forward">
              {sentence(proposing.error)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={proposing.isPending}>
              Put forward
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
