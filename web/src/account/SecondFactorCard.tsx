/** Second factors: the authenticator app, passkeys, and recovery codes. */

import { Alert, Button, Modal, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask, client } from "../api/client";
import type { AccountSecurity, Enrolled } from "../api/types";
import { passkeysWork } from "../session/passkeys";
import { sessionQuery } from "../session/session";
import { counted } from "../words/numbers";
import { utc } from "../words/time";
import { AuthenticatorSetup } from "./AuthenticatorSetup";
import classes from "./account.module.css";
import { NewPasskey } from "./NewPasskey";
import { RecoveryCodeList } from "./RecoveryCodeList";
import { useGuarded } from "./StepUp";
import { securityQuery } from "./security";

type Shown = "authenticator" | "passkey" | null;

export function SecondFactorCard({ security }: { security: AccountSecurity }) {
  const queries = useQueryClient();
  const [adding, setAdding] = useState<Shown>(null);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const refresh = () => queries.invalidateQueries({ queryKey: securityQuery.queryKey });

  // Asking for a fresh proof first, so that nothing is typed in vain.
  const open = useGuarded(async (which: Exclude<Shown, null>) => {
    if (which === "passkey") await ask(client.POST("/api/account/passkeys/options"));
    else await ask(client.POST("/api/account/authenticator"));
    setAdding(which);
  });
  const remove = useGuarded(async (passkey: string | null) => {
    if (passkey === null) await ask(client.DELETE("/api/account/authenticator"));
    else {
      const params = { path: { passkey_id: passkey } };
      await ask(client.DELETE("/api/account/passkeys/{passkey_id}", { params }));
    }
    await Promise.all([refresh(), queries.invalidateQueries({ queryKey: sessionQuery.queryKey })]);
  });
  const renew = useGuarded(async () => {
    setCodes((await ask(client.POST("/api/account/recovery-codes"))).codes);
    await refresh();
  });

  async function added(enrolled: Enrolled) {
    queries.setQueryData(sessionQuery.queryKey, enrolled.session);
    setAdding(null);
    setCodes(enrolled.recovery_codes);
    await refresh();
  }

  const error = open.error ?? remove.error ?? renew.error;
  const none = !security.authenticator && security.passkeys.length === 0;
  return (
    <section className={classes.card} aria-label="Second factor">
      <h2 className={classes.title}>Second factor</h2>
      <Text size="sm" c="dimmed" mb="sm">
        {security.second_factor_required
          ? "Your organisation asks for one besides the passphrase."
          : "A proof besides the passphrase, so that a passphrase alone opens nothing."}
      </Text>
      {error !== null && (
        <Alert color="red" role="alert" mb="sm">
          {error}
        </Alert>
      )}
      <ul className={classes.rows}>
        <li className={classes.row}>
          <div>
            <Text fw={500}>Authenticator app</Text>
            <Text size="sm" c="dimmed">
              {security.authenticator ? "In use" : "Not set up"}
            </Text>
          </div>
          {security.authenticator ? (
            <Button
              size="xs"
              variant="default"
              loading={remove.isPending}
              onClick={() => remove.mutate(null)}
            >
              Remove
            </Button>
          ) : (
            <Button size="xs" loading={open.isPending} onClick={() => open.mutate("authenticator")}>
              Set up
            </Button>
          )}
        </li>
        {security.passkeys.map((passkey) => (
          <li key={passkey.id} className={classes.row}>
            <div>
              <Text fw={500}>Passkey “{passkey.name}”</Text>
              <Text size="sm" c="dimmed">
                {passkey.last_used_at === null
                  ? `Added ${utc(passkey.created_at)}, not used yet`
                  : `Last used ${utc(passkey.last_used_at)}`}
              </Text>
            </div>
            <Button
              size="xs"
              variant="default"
              aria-label={`Remove the passkey ${passkey.name}`}
              onClick={() => remove.mutate(passkey.id)}
            >
              Remove
            </Button>
          </li>
        ))}
        <li className={classes.row}>
          <div>
            <Text fw={500}>{security.passkeys.length === 0 ? "Passkey" : "Another passkey"}</Text>
            <Text size="sm" c="dimmed">
              {passkeysWork()
                ? "A key in your device, opened by touch, face or PIN"
                : "Needs this page under a host name, on this machine http://localhost"}
            </Text>
          </div>
          <Button
            size="xs"
            variant={none ? "filled" : "default"}
            disabled={!passkeysWork()}
            onClick={() => open.mutate("passkey")}
          >
            Add
          </Button>
        </li>
        {!none && (
          <li className={classes.row}>
            <div>
              <Text fw={500}>Recovery codes</Text>
              <Text size="sm" c={security.recovery_codes_left < 3 ? "red" : "dimmed"}>
                {counted(security.recovery_codes_left, "code")} left
              </Text>
            </div>
            <Button size="xs" variant="default" onClick={() => renew.mutate(undefined)}>
              Make new ones
            </Button>
          </li>
        )}
      </ul>
      {open.dialog}
      {remove.dialog}
      {renew.dialog}
      <Modal
        opened={adding !== null || codes.length > 0}
        onClose={() => (codes.length === 0 ? setAdding(null) : undefined)}
        withCloseButton={codes.length === 0}
        closeButtonProps={{ "aria-label": "Close" }}
        title={codes.length > 0 ? "Recovery codes" : "Add a second factor"}
        size="lg"
      >
        <Stack>
          {codes.length > 0 ? (
            <RecoveryCodeList codes={codes} done="I have kept them" onDone={() => setCodes([])} />
          ) : adding === "passkey" ? (
            <NewPasskey onEnrolled={added} />
          ) : (
            <AuthenticatorSetup onEnrolled={added} />
          )}
        </Stack>
      </Modal>
    </section>
  );
}
