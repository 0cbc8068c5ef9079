/** The second step of signing in: a code, a passkey, or a recovery code when all else is away. */

import { Alert, Anchor, Button, Divider, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask, client, holdCsrfToken } from "../api/client";
import { sentence } from "../api/problem";
import type { Session } from "../api/types";
import { Fingerprint } from "../parts/icons";
import { passkeysWork, signInWithPasskey } from "./passkeys";

type Kind = "authenticator" | "recovery_code";

const WORDS: Record<Kind, { label: string; about: string; other: string }> = {
  authenticator: {
    label: "Code",
    about: "Six digits from your authenticator app.",
    other: "Use a recovery code instead",
  },
  recovery_code: {
    label: "Recovery code",
    about: "One of the ten that you kept when you set this up. Each serves once.",
    other: "Use the authenticator app instead",
  },
};

async function giveCode(kind: Kind, code: string): Promise<Session> {
  const session = await ask(client.POST("/api/session/second-factor", { body: { kind, code } }));
  holdCsrfToken(session.csrf_token);
  return session;
}

interface SecondStepProps {
  session: Session;
  onSignedIn(session: Session): void;
  onLeave(): void;
}

export function SecondStep({ session, onSignedIn, onLeave }: SecondStepProps) {
  const has = (factor: string) => session.factors.includes(factor);
  const [kind, setKind] = useState<Kind>(has("authenticator") ? "authenticator" : "recovery_code");
  const [code, setCode] = useState("");
  const attempt = useMutation({
    mutationFn: (how: "code" | "passkey") =>
      how === "code" ? giveCode(kind, code.trim()) : signInWithPasskey(),
    onSuccess: onSignedIn,
    onSettled: () => setCode(""),
  });
  const withPasskey = has("passkey") && passkeysWork();
  const withCode = has("authenticator") || has("recovery_code");
  const both = has("authenticator") && has("recovery_code");

  function submit(event: FormEvent) {
    event.preventDefault();
    attempt.mutate("code");
  }

  return (
    <form onSubmit={submit} aria-label="Second step">
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          Signed in as {session.person.login} so far. One more proof that it is you.
        </Text>
        {attempt.isError && (
          <Alert color="red" role="alert" title="Not signed in">
            {sentence(attempt.error)}
          </Alert>
        )}
        {withPasskey && (
          <Button
            leftSection={<Fingerprint size={16} />}
            variant={withCode ? "default" : "filled"}
            loading={attempt.isPending}
            onClick={() => attempt.mutate("passkey")}
          >
            Use a passkey
          </Button>
        )}
        {withPasskey && withCode && <Divider label="or" />}
        {withCode && (
          <>
            <TextInput
              key={kind}
              label={WORDS[kind].label}
              description={WORDS[kind].about}
              name={kind}
              autoComplete="one-time-code"
              inputMode={kind === "authenticator" ? "numeric" : "text"}
              spellCheck={false}
              required
              withAsterisk={false}
              data-autofocus
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <Button type="submit" fullWidth loading={attempt.isPending}>
              Continue
            </Button>
          </>
        )}
        {both && (
          <Anchor
            component="button"
            type="button"
            size="sm"
            onClick={() => {
              setCode("");
              setKind(kind === "authenticator" ? "recovery_code" : "authenticator");
            }}
          >
            {WORDS[kind].other}
          </Anchor>
        )}
        <Anchor component="button" type="button" size="sm" c="dimmed" onClick={onLeave}>
          Sign in as somebody else
        </Anchor>
      </Stack>
    </form>
  );
}
