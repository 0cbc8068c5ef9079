/** Adding an authenticator app: a QR code, the secret for typing, and the first code as proof. */

import { Alert, Button, Code, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask, client, holdCsrfToken } from "../api/client";
import { sentence } from "../api/problem";
import type { Enrolled } from "../api/types";
import { QrCode } from "../parts/icons";
import classes from "./account.module.css";

async function confirm(code: string): Promise<Enrolled> {
  const enrolled = await ask(
    client.POST("/api/account/authenticator/confirm", { body: { code: code.replace(/\s/g, "") } }),
  );
  holdCsrfToken(enrolled.session.csrf_token);
  return enrolled;
}

export function AuthenticatorSetup({ onEnrolled }: { onEnrolled(enrolled: Enrolled): void }) {
  const [code, setCode] = useState("");
  const offer = useMutation({ mutationFn: () => ask(client.POST("/api/account/authenticator")) });
  const confirming = useMutation({
    mutationFn: () => confirm(code),
    onSuccess: onEnrolled,
    onError: () => setCode(""),
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    confirming.mutate();
  }

  if (offer.data === undefined) {
    return (
      <Stack gap="xs" align="stretch">
        {offer.isError && (
          <Alert color="red" role="alert">
            {sentence(offer.error)}
          </Alert>
        )}
        <Button
          leftSection={<QrCode size={16} />}
          loading={offer.isPending}
          onClick={() => offer.mutate()}
        >
          Set up an authenticator app
        </Button>
      </Stack>
    );
  }
  const picture = `data:image/svg+xml;utf8,${encodeURIComponent(offer.data.qr_svg)}`;
  return (
    <form onSubmit={submit} aria-label="Set up an authenticator app">
      <Stack gap="sm">
        <Text size="sm">Scan this with your authenticator app, then type the code it shows.</Text>
        <img className={classes.qr} src={picture} alt="QR code with the authenticator's secret" />
        <Text size="xs" c="dimmed">
          Or type this secret: <Code>{offer.data.secret.replace(/(.{4})(?=.)/g, "$1 ")}</Code>
        </Text>
        <TextInput
          label="Code"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          withAsterisk={false}
          data-autofocus
          value={code}
          error={confirming.isError ? sentence(confirming.error) : null}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={confirming.isPending}>
          Confirm the code
        </Button>
      </Stack>
    </form>
  );
}
