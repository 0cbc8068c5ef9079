/** Whether the account is linked to the organisation's single sign-on. */

import { Alert, Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { ask, client } from "../api/client";
import type { AccountSecurity } from "../api/types";
import { goToLink } from "../session/singleSignOn";
import classes from "./account.module.css";
import { useGuarded } from "./StepUp";
import { securityQuery } from "./security";

export function SingleSignOnCard({ security }: { security: AccountSecurity }) {
  const queries = useQueryClient();
  const { linked, name } = security.single_sign_on;
  const change = useGuarded(async () => {
    if (!linked) return goToLink();
    await ask(client.DELETE("/api/single-sign-on/link"));
    await queries.invalidateQueries({ queryKey: securityQuery.queryKey });
  });
  return (
    <section className={classes.card} aria-label="Single sign-on">
      <h2 className={classes.title}>Single sign-on</h2>
      {change.error !== null && (
        <Alert color="red" role="alert" my="xs">
          {change.error}
        </Alert>
      )}
      <div className={classes.row}>
        <Text size="sm">
          {linked ? `Linked: you may sign in with ${name}.` : `Not linked to ${name}.`}
        </Text>
        <Button size="xs" variant="default" onClick={() => change.mutate(undefined)}>
          {linked ? "Unlink" : "Link"}
        </Button>
      </div>
      {change.dialog}
    </section>
  );
}
