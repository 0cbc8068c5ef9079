/** Login and passphrase, used by the sign-in page and when a login session ends under a page. */

import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { sentence } from "../api/problem";
import type { Session } from "../api/types";
import { OtherWays } from "./OtherWays";
import { signIn } from "./session";

interface SignInFormProps {
  login?: string;
  loginFixed?: boolean;
  password?: string;
  onSignedIn(session: Session): void;
}

export function SignInForm({
  login: initialLogin = "",
  loginFixed = false,
  password: initialPassword = "",
  onSignedIn,
}: SignInFormProps) {
  const [login, setLogin] = useState(initialLogin);
  const [password, setPassword] = useState(initialPassword);
  const attempt = useMutation({
    mutationFn: () => signIn(login.trim(), password),
    onSuccess: onSignedIn,
    onError: () => setPassword(""),
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    attempt.mutate();
  }

  return (
    <form onSubmit={submit} aria-label="Sign in">
      <Stack gap="md">
        {attempt.isError && (
          <Alert color="red" role="alert" title="Not signed in">
            {sentence(attempt.error)}
          </Alert>
        )}
        <TextInput
          label="Login"
          name="login"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          readOnly={loginFixed}
          data-autofocus={loginFixed ? undefined : true}
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
        />
        <PasswordInput
          label="Passphrase"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus={loginFixed ? true : undefined}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": "Show or hide the passphrase" }}
        />
        <Button type="submit" fullWidth loading={attempt.isPending}>
          Sign in
        </Button>
        <OtherWays onSignedIn={onSignedIn} />
      </Stack>
    </form>
  );
}
