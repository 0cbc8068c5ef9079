/** Fresh proof before a sensitive change: asked for when the server says so, then tried again. */

import {
  Alert,
  Button,
  Divider,
  Group,
  Modal,
  PasswordInput,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask, client, holdCsrfToken } from "../api/client";
import { Refusal, sentence } from "../api/problem";
import type { Session } from "../api/types";
import { Fingerprint } from "../parts/icons";
import { passkeysWork, stepUpWithPasskey } from "../session/passkeys";
import { sessionQuery, useSession } from "../session/session";

function wantsStepUp(error: unknown): boolean {
  return error instanceof Refusal && error.type === "step_up_required";
}

async function stepUp(password: string, code: string): Promise<Session> {
  const kind = /^\d{6}$/.test(code) ? "authenticator" : "recovery_code";
  const given = code === "" ? {} : { code: { kind, code } as const };
  const session = await ask(client.POST("/api/session/step-up", { body: { password, ...given } }));
  holdCsrfToken(session.csrf_token);
  return session;
}

/** A change that may need fresh proof first: `ask` is what to draw, `mutate` begins the change. */
export function useGuarded<T>(change: (value: T) => Promise<unknown>) {
  const [waiting, setWaiting] = useState<{ value: T } | null>(null);
  const doing = useMutation({
    mutationFn: change,
    onError: (error, value) => {
      if (wantsStepUp(error)) setWaiting({ value });
    },
  });
  const dialog = (
    <StepUpDialog
      opened={waiting !== null}
      onClose={() => setWaiting(null)}
      onDone={() => {
        const again = waiting;
        setWaiting(null);
        if (again !== null) doing.mutate(again.value);
      }}
    />
  );
  const error = doing.isError && !wantsStepUp(doing.error) ? sentence(doing.error) : null;
  return { mutate: doing.mutate, isPending: doing.isPending, error, dialog };
}

interface StepUpDialogProps {
  opened: boolean;
  onClose(): void;
  onDone(): void;
}

function StepUpDialog({ opened, onClose, onDone }: StepUpDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Confirm that it is you"
      closeButtonProps={{ "aria-label": "Close without confirming" }}
    >
      {opened && <StepUpForm onDone={onDone} />}
    </Modal>
  );
}

function StepUpForm({ onDone }: { onDone(): void }) {
  const session = useSession();
  const queries = useQueryClient();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const proving = useMutation({
    mutationFn: (how: "password" | "passkey") =>
      how === "passkey" ? stepUpWithPasskey() : stepUp(password, code.trim()),
    onSuccess: (stepped) => {
      queries.setQueryData(sessionQuery.queryKey, stepped);
      onDone();
    },
    onError: () => setCode(""),
  });
  const needsCode = session.factors.length > 0;

  function submit(event: FormEvent) {
    event.preventDefault();
    proving.mutate("password");
  }

  return (
    <form onSubmit={submit} aria-label="Confirm that it is you">
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          This changes how your account is guarded. It stays open for five minutes.
        </Text>
        {proving.isError && (
          <Alert color="red" role="alert" title="Not confirmed">
            {sentence(proving.error)}
          </Alert>
        )}
        {session.factors.includes("passkey") && passkeysWork() && (
          <>
            <Button
              variant="default"
              leftSection={<Fingerprint size={16} />}
              onClick={() => proving.mutate("passkey")}
            >
              Use a passkey
            </Button>
            <Divider label="or" />
          </>
        )}
        <PasswordInput
          label="Passphrase"
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": "Show or hide the passphrase" }}
        />
        {needsCode && (
          <TextInput
            label="Code"
            description="From your authenticator app, or a recovery code."
            autoComplete="one-time-code"
            required
            withAsterisk={false}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={proving.isPending}>
            Confirm
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
