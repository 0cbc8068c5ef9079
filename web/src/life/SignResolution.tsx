/** Signing one seat of a resolution: what it says, under which digest, and the passphrase anew. */

import { Alert, Button, Group, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask, client } from "../api/client";
import { sentence } from "../api/problem";
import type { Resolution } from "../api/types";
import { PasskeyToSign } from "../session/PasskeyToSign";
import { grantFor } from "../session/passkeys";
import { Accountability } from "./Accountability";
import { Facts } from "./Facts";

interface SignResolutionProps {
  resolution: Resolution;
  projectId: string;
  opened: boolean;
  onClose(): void;
}

export function SignResolution({ resolution, projectId, opened, onClose }: SignResolutionProps) {
  const [password, setPassword] = useState("");
  const queries = useQueryClient();
  const signing = useMutation({
    mutationFn: (how: "passphrase" | "passkey") =>
      sign(resolution, projectId, how === "passkey" ? null : password),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["projects", projectId] });
      onClose();
    },
    onSettled: () => setPassword(""),
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    signing.mutate("passphrase");
  }

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Sign this resolution"
      closeButtonProps={{ "aria-label": "Close without signing" }}
    >
      <Accountability>
        <form onSubmit={submit}>
          <Stack gap="md">
            <Text fw={600}>{resolution.statement}</Text>
            <Facts content={resolution.content} />
            <Text size="xs" ff="monospace" style={{ overflowWrap: "anywhere" }}>
              {resolution.digest}
            </Text>
            {signing.isError && (
              <Alert color="red" role="alert" title="Not signed">
                {sentence(signing.error)}
              </Alert>
            )}
            <PasswordInput
              label="Passphrase"
              description="Your signature is bound to the digest above. Meaning: approval."
              autoComplete="current-password"
              required
              withAsterisk={false}
              data-autofocus
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              visibilityToggleButtonProps={{ "aria-label": "Show or hide the passphrase" }}
            />
            <Group justify="flex-end">
              <PasskeyToSign
                loading={signing.isPending}
                onPress={() => signing.mutate("passkey")}
              />
              <Button variant="default" onClick={onClose}>
                Not now
              </Button>
              <Button type="submit" loading={signing.isPending}>
                Sign
              </Button>
            </Group>
          </Stack>
        </form>
      </Accountability>
    </Modal>
  );
}

async function sign(resolution: Resolution, projectId: string, password: string | null) {
  const grant = await grantFor(
    {
      record_kind: "resolution",
      record_id: resolution.id,
      record_digest: resolution.digest,
      meaning: "approval",
    },
    password,
  );
  return ask(
    client.POST("/api/projects/{project_id}/resolutions/{resolution_id}/sign", {
      params: { path: { project_id: projectId, resolution_id: resolution.id } },
      body: { grant },
    }),
  );
}
