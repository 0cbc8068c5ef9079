/** Signing: who, what it means, which record; then the passphrase, asked for anew each time. */

import { Alert, Button, Group, Modal, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask, client } from "../api/client";
import { sentence } from "../api/problem";
import type { Meaning, Read as ReadOf, Signature, TaskDetail } from "../api/types";
import { Accountability } from "../life/Accountability";
import { PasskeyToSign } from "../session/PasskeyToSign";
import { grantFor } from "../session/passkeys";
import { usePerson } from "../session/session";
import { words } from "../words/numbers";
import { utc } from "../words/time";
import { useNow } from "../words/useNow";
import classes from "./SignDialog.module.css";

interface SignDialogProps {
  task: TaskDetail;
  read: ReadOf;
  digest: string;
  opened: boolean;
  onClose(): void;
  onSigned(signed: { signature: Signature; next_task: string | null }): void;
}

export function SignDialog({ task, read, digest, opened, onClose, onSigned }: SignDialogProps) {
  const [password, setPassword] = useState("");
  const signing = useMutation({
    mutationFn: (how: "passphrase" | "passkey") =>
      sign(task, read, digest, how === "passkey" ? null : password),
    onSuccess: onSigned,
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
      title="Sign this record"
      size="md"
      closeButtonProps={{ "aria-label": "Close without signing" }}
    >
      <Accountability>
        <form onSubmit={submit}>
          <Stack gap="md">
            <Text className={classes.statement}>{task.statement}</Text>
            <Record task={task} digest={digest} />
            {signing.isError && (
              <Alert color="red" role="alert" title="Not signed">
                {sentence(signing.error)}
              </Alert>
            )}
            <PasswordInput
              label="Passphrase"
              description="Your signature is bound to the digest above and cannot be moved to another record."
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

function Record({ task, digest }: { task: TaskDetail; digest: string }) {
  const person = usePerson();
  const now = useNow();
  const lines = [
    ["Signed by", person.printed_name],
    ["Meaning", words(task.meaning)],
    [
      "Record",
      `${task.step.title}, ${task.label}${task.visit_label ? `, ${task.visit_label}` : ""}`,
    ],
    ["Time", `${utc(now)}, fixed by the server when you sign`],
  ];
  return (
    <dl className={classes.record}>
      {lines.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <div>
        <dt>Digest</dt>
        <dd className={classes.digest} data-testid="record-digest">
          {digest}
        </dd>
      </div>
    </dl>
  );
}

async function sign(task: TaskDetail, read: ReadOf, digest: string, password: string | null) {
  const grant = await grantFor(
    {
      record_kind: "read",
      record_id: read.id,
      record_digest: digest,
      meaning: task.meaning as Meaning,
    },
    password,
  );
  return ask(
    client.POST("/api/tasks/{task_id}/sign", {
      params: { path: { task_id: task.id } },
      body: { grant },
    }),
  );
}
