/** The other ways in: a passkey alone, or the organisation's single sign-on. */

import { Alert, Button, Divider, Stack } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { sentence } from "../api/problem";
import type { Session } from "../api/types";
import { Fingerprint } from "../parts/icons";
import { passkeysWork, signInWithPasskey } from "./passkeys";
import { goToProvider, singleSignOnQuery } from "./singleSignOn";

export function OtherWays({ onSignedIn }: { onSignedIn(session: Session): void }) {
  const search = useSearch({ strict: false });
  const offered = useQuery(singleSignOnQuery);
  const byPasskey = useMutation({ mutationFn: signInWithPasskey, onSuccess: onSignedIn });
  const byProvider = useMutation({ mutationFn: () => goToProvider(search.next ?? "/") });
  const error = byPasskey.error ?? byProvider.error;
  const sso = offered.data?.available ? offered.data.name : null;
  if (!passkeysWork() && sso === null) return null;
  return (
    <Stack gap="xs">
      <Divider label="or" />
      {error !== null && (
        <Alert color="red" role="alert">
          {sentence(error)}
        </Alert>
      )}
      {passkeysWork() && (
        <Button
          variant="default"
          leftSection={<Fingerprint size={16} />}
          loading={byPasskey.isPending}
          onClick={() => byPasskey.mutate()}
        >
          Sign in with a passkey
        </Button>
      )}
      {sso !== null && (
        <Button
          variant="default"
          loading={byProvider.isPending}
          onClick={() => byProvider.mutate()}
        >
          Sign in with {sso}
        </Button>
      )}
    </Stack>
  );
}
