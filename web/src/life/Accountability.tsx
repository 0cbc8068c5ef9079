/** What stands before a first signature: the statement, accepted once, and an identity verified. */

import { Alert, Button, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ask, client } from "../api/client";
import { sentence } from "../api/problem";
import { signingQuery } from "../api/queries";
import { Answered } from "../parts/states";

/** Show `children`, the way to sign, once the person may sign; before that what is missing. */
export function Accountability({ children }: { children: ReactNode }) {
  const signing = useQuery(signingQuery);
  const queries = useQueryClient();
  const accepting = useMutation({
    mutationFn: (words: { version: string; digest: string }) =>
      ask(client.POST("/api/signing/acceptance", { body: words })),
    onSuccess: (found) => queries.setQueryData(signingQuery.queryKey, found),
  });
  return (
    <Answered of={signing} what="the accountability statement">
      {(found) => {
        if (found.identity === null) {
          return (
            <Alert color="yellow" role="alert" title="Your identity is not verified yet">
              Nobody has stated how and when your identity was verified, so nothing can be signed.
              Ask whoever admits members to do so.
            </Alert>
          );
        }
        if (found.accepted_at !== null) return children;
        return (
          <Stack gap="sm" data-testid="accountability">
            <Text fw={600}>Before your first signature</Text>
            <Text size="sm">{found.statement}</Text>
            <Text size="xs" c="dimmed">
              Accountability statement, version {found.statement_version}
            </Text>
            {accepting.isError && (
              <Alert color="red" role="alert" title="Not accepted">
                {sentence(accepting.error)}
              </Alert>
            )}
            <Button
              w="fit-content"
              loading={accepting.isPending}
              onClick={() =>
                accepting.mutate({
                  version: found.statement_version,
                  digest: found.statement_digest,
                })
              }
            >
              I accept this statement
            </Button>
          </Stack>
        );
      }}
    </Answered>
  );
}
