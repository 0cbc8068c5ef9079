/** Signatures of superseded revisions: never voided, and as readable as the one in force. */

import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { sentence } from "../api/problem";
import { revisionsQuery } from "../api/queries";
import { words } from "../words/numbers";
import { utc } from "../words/time";

export function FormerSignatures({ taskId }: { taskId: string }) {
  const found = useQuery(revisionsQuery(taskId));
  if (found.isError) {
    return (
      <Text size="xs" role="alert">
        Earlier signatures are not shown: {sentence(found.error)}
      </Text>
    );
  }
  const former = (found.data ?? []).filter((one) => !one.is_in_force && one.signature !== null);
  if (former.length === 0) return null;
  return (
    <Stack gap={4} mt="xs" component="section" aria-label="Superseded signatures">
      <Text size="xs" fw={600}>
        Superseded, not voided
      </Text>
      {former.map(
        (one) =>
          one.signature && (
            <Text key={one.id} size="xs" data-testid="former-signature">
              Revision {one.revision}: {one.signature.printed_name} · {utc(one.signature.signed_at)}{" "}
              · {words(one.signature.meaning)}
            </Text>
          ),
      )}
    </Stack>
  );
}
