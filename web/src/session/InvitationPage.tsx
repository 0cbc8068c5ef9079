/** Accepting an invitation or a reset: who is meant, then a passphrase of one's own choice. */

import { Alert, Button, Divider, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import classes from "../account/account.module.css";
import { ask, client } from "../api/client";
import { sentence } from "../api/problem";
import { Wordmark } from "../layout/Wordmark";
import { Answered } from "../parts/states";
import { usePageTitle } from "../parts/title";
import { utc } from "../words/time";
import { goToProvider, singleSignOnQuery } from "./singleSignOn";

const LEAST = 12;

/** The token stands behind the #, which browsers send to no server. */
function tokenOfAddress(): string {
  return window.location.hash.slice(1);
}

export function InvitationPage() {
  usePageTitle("Invitation");
  const [token] = useState(tokenOfAddress);
  const preview = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => ask(client.POST("/api/invitations/preview", { body: { token } })),
    enabled: token !== "",
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  return (
    <main className={classes.page}>
      <Stack w="100%" maw={420} gap="lg">
        <Wordmark size={26} />
        <Paper withBorder p="xl" shadow="xs">
          {token === "" ? (
            <Alert color="yellow" title="This address is not whole">
              Open the link of your invitation as you were given it, to the last letter.
            </Alert>
          ) : (
            <Answered of={preview} what="the invitation">
              {(invited) => <Acceptance token={token} invited={invited} />}
            </Answered>
          )}
        </Paper>
      </Stack>
    </main>
  );
}

interface AcceptanceProps {
  token: string;
  invited: { login: string; printed_name: string; purpose: string; expires_at: string };
}

function Acceptance({ token, invited }: AcceptanceProps) {
  const [password, setPassword] = useState("");
  const navigate = useNavigate();
  const offered = useQuery(singleSignOnQuery);
  const accepting = useMutation({
    mutationFn: () => ask(client.POST("/api/invitations/accept", { body: { token, password } })),
    onSuccess: () => navigate({ to: "/sign-in", search: {}, replace: true }),
  });
  const leaving = useMutation({ mutationFn: () => goToProvider("/", token) });
  const isReset = invited.purpose === "reset";
  const error = accepting.error ?? leaving.error;

  function submit(event: FormEvent) {
    event.preventDefault();
    accepting.mutate();
  }

  return (
    <form onSubmit={submit} aria-label="Accept the invitation">
      <Stack gap="md">
        <Title order={1} size="h2">
          {isReset ? "A new passphrase" : `Welcome, ${invited.printed_name}`}
        </Title>
        <Text size="sm" c="dimmed">
          {isReset
            ? `The account ${invited.login} was reset. If you did not ask for it, tell an administrator.`
            : `This account is yours alone. Your login is ${invited.login}, and “${invited.printed_name}” will stand beside your signatures.`}{" "}
          Until {utc(invited.expires_at)}.
        </Text>
        {error !== null && (
          <Alert color="red" role="alert" title="Not accepted">
            {sentence(error)}
          </Alert>
        )}
        <input type="hidden" autoComplete="username" value={invited.login} readOnly />
        <PasswordInput
          label="Passphrase"
          description={`At least ${LEAST} characters; several words serve well.`}
          autoComplete="new-password"
          required
          minLength={LEAST}
          withAsterisk={false}
          data-autofocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": "Show or hide the passphrase" }}
        />
        <Button type="submit" loading={accepting.isPending}>
          {isReset ? "Set the passphrase" : "Accept the invitation"}
        </Button>
        {offered.data?.available && !isReset && (
          <>
            <Divider label="or" />
            <Button variant="default" loading={leaving.isPending} onClick={() => leaving.mutate()}>
              Accept with {offered.data.name}
            </Button>
          </>
        )}
      </Stack>
    </form>
  );
}
