/** What happened to the account, as the ledger holds it. */

import { Table, Text } from "@mantine/core";
import type { AccountSecurity } from "../api/types";
import { utc } from "../words/time";
import classes from "./account.module.css";
import { eventWords, isWorrying } from "./security";

export function EventsCard({ events }: { events: AccountSecurity["events"] }) {
  return (
    <section className={`${classes.card} ${classes.wide}`} aria-label="What happened">
      <h2 className={classes.title}>What happened</h2>
      <Text size="sm" c="dimmed" mb="xs">
        If you do not know one of these, change your passphrase and tell an administrator.
      </Text>
      <Table aria-label="What happened to the account">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>From</Table.Th>
            <Table.Th>Entry</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {events.map((event) => (
            <Table.Tr key={event.sequence}>
              <Table.Td>{utc(event.time)}</Table.Td>
              <Table.Td>
                <Text size="sm" {...(isWorrying(event.action) ? { c: "red", fw: 500 } : {})}>
                  {eventWords(event.action)}
                </Text>
              </Table.Td>
              <Table.Td>{event.origin}</Table.Td>
              <Table.Td>{event.sequence}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
