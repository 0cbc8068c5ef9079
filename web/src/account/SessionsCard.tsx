/** Where one is signed in now, and the devices that are known. */

import { Badge, Button, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ask, client } from "../api/client";
import type { AccountSecurity } from "../api/types";
import { utc } from "../words/time";
import classes from "./account.module.css";
import { browserWords, proofWords, securityQuery } from "./security";

function useEnding(end: (id: string | null) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: end,
    onSuccess: () => queries.invalidateQueries({ queryKey: securityQuery.queryKey }),
  });
}

export function SessionsCard({ sessions }: { sessions: AccountSecurity["sessions"] }) {
  const ending = useEnding((id) =>
    id === null
      ? ask(client.DELETE("/api/account/sessions"))
      : ask(
          client.DELETE("/api/account/sessions/{session_id}", {
            params: { path: { session_id: id } },
          }),
        ),
  );
  return (
    <section className={classes.card} aria-label="Login sessions">
      <h2 className={classes.title}>Login sessions</h2>
      <ul className={classes.rows}>
        {sessions.map((session) => (
          <li key={session.id} className={classes.row}>
            <div>
              <Text fw={500}>
                {browserWords(session.browser)}{" "}
                {session.is_current && (
                  <Badge component="span" size="sm" variant="light">
                    this one
                  </Badge>
                )}
              </Text>
              <Text size="sm" c="dimmed">
                {session.address}, by {proofWords(session.second_factor)}, since{" "}
                {utc(session.created_at)}
              </Text>
            </div>
            {!session.is_current && (
              <Button size="xs" variant="default" onClick={() => ending.mutate(session.id)}>
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <Button
          mt="sm"
          size="xs"
          variant="default"
          loading={ending.isPending}
          onClick={() => ending.mutate(null)}
        >
          End all others
        </Button>
      )}
    </section>
  );
}

export function DevicesCard({ devices }: { devices: AccountSecurity["devices"] }) {
  const forgetting = useEnding((id) =>
    ask(
      client.DELETE("/api/account/devices/{device_id}", {
        params: { path: { device_id: id ?? "" } },
      }),
    ),
  );
  return (
    <section className={classes.card} aria-label="Known devices">
      <h2 className={classes.title}>Known devices</h2>
      <Text size="sm" c="dimmed" mb="xs">
        From a new one you are told that somebody signed in.
      </Text>
      <ul className={classes.rows}>
        {devices.map((device) => (
          <li key={device.id} className={classes.row}>
            <div>
              <Text fw={500}>{browserWords(device.browser)}</Text>
              <Text size="sm" c="dimmed">
                Last seen {utc(device.last_seen_at)}
              </Text>
            </div>
            <Button size="xs" variant="default" onClick={() => forgetting.mutate(device.id)}>
              Forget
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
