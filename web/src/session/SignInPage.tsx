/** The first page: what this is, the sign-in form, and the demo accounts when the api is a demo. */

import { Alert, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { buildQuery } from "../api/queries";
import type { Session } from "../api/types";
import { Wordmark } from "../layout/Wordmark";
import { usePageTitle } from "../parts/title";
import { DemoAccounts } from "./DemoAccounts";
import classes from "./SignInPage.module.css";
import { SignInSteps } from "./SignInSteps";
import { sessionQuery } from "./session";
import { refusedWords } from "./singleSignOn";

export function SignInPage() {
  usePageTitle("Sign in");
  const { next, refused } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const build = useQuery(buildQuery);
  // Somebody who left in the middle of signing in goes on where they were.
  const begun = useQuery(sessionQuery);
  const [chosen, setChosen] = useState({ login: "", password: "" });

  async function enter(session: Session) {
    queries.setQueryData(sessionQuery.queryKey, session);
    await navigate({ to: next ?? "/", replace: true });
  }

  return (
    <main className={classes.page}>
      <section className={classes.intro} aria-label="About Readout">
        <Wordmark size={30} />
        <p className={classes.claim}>
          Images in, signed reads through,
          <br />
          versioned results out.
        </p>
        <p className={classes.text}>
          Every answer in a results table leads back to the reader, the signature, the image and the
          entry in the ledger that proves it.
        </p>
        {build.data && <p className={classes.build}>Build {build.data.build}</p>}
      </section>
      <section className={classes.side}>
        <Stack gap="lg" w="100%" maw={380}>
          <Paper withBorder p="xl" shadow="xs">
            <Title order={1} size="h2" mb="md">
              Sign in
            </Title>
            {refused !== undefined && (
              <Alert color="red" role="alert" title="Not signed in" mb="md">
                {refusedWords(refused)}
              </Alert>
            )}
            <SignInSteps
              key={chosen.login}
              begun={begun.data ?? null}
              login={chosen.login}
              password={chosen.password}
              onSignedIn={enter}
            />
          </Paper>
          {build.data?.demo && <DemoAccounts onChoose={setChosen} />}
          {build.isError && (
            <Text size="sm" c="dimmed" role="status">
              The platform does not answer at the moment. Signing in will work once it does.
            </Text>
          )}
        </Stack>
      </section>
    </main>
  );
}
