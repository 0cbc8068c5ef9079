/** Changing the passphrase: with the present one; every other login session ends. */

import { Alert, Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask, client } from "../api/client";
import { sentence } from "../api/problem";
import type { AccountSecurity } from "../api/types";
import { utc } from "../words/time";
import classes from "./account.module.css";
import { securityQuery } from "./security";

const LEAST = 12;

export function PasswordCard({ security }: { security: AccountSecurity }) {
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const queries = useQueryClient();
  const changing = useMutation({
    mutationFn: () => ask(client.POST("/api/account/password", { body: { old, new: fresh } })),
    onSuccess: async () => {
      setFresh("");
      await queries.invalidateQueries({ queryKey: securityQuery.queryKey });
    },
    onSettled: () => setOld(""),
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    changing.mutate();
  }

  return (
    <section className={classes.card} aria-label="Passphrase">
      <h2 className={classes.title}>Passphrase</h2>
      {security.password_changed_at !== null && (
        <Text size="sm" c="dimmed" mb="sm">
          Last changed {utc(security.password_changed_at)}
        </Text>
      )}
      <form onSubmit={submit} aria-label="Change the passphrase">
        <Stack gap="sm">
          {changing.isError && (
            <Alert color="red" role="alert">
              {sentence(changing.error)}
            </Alert>
          )}
          {changing.isSuccess && (
            <Alert color="teal" role="status">
              Changed. Every other login session of yours has ended.
            </Alert>
          )}
          <PasswordInput
            label="Present passphrase"
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={old}
            onChange={(event) => setOld(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": "Show or hide the present passphrase" }}
          />
          <PasswordInput
            label="New passphrase"
            description={`At least ${LEAST} characters; several words serve well.`}
            autoComplete="new-password"
            required
            minLength={LEAST}
            withAsterisk={false}
            value={fresh}
            onChange={(event) => setFresh(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": "Show or hide the new passphrase" }}
          />
          <div>
            <Button type="submit" variant="default" loading={changing.isPending}>
              Change the passphrase
            </Button>
          </div>
        </Stack>
      </form>
    </section>
  );
}
