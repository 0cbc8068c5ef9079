/** Ledger entries as lines; a line opens to what changed and to the hash that proves it. */

import { Table, Text, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { LedgerEntry } from "../api/types";
import { ChevronDown, ChevronRight } from "../parts/icons";
import page from "../parts/page.module.css";
import { count, words } from "../words/numbers";
import { utc } from "../words/time";
import classes from "./Entries.module.css";

export function Entries({ entries }: { entries: readonly LedgerEntry[] }) {
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());

  function toggle(sequence: number) {
    const next = new Set(opened);
    if (!next.delete(sequence)) next.add(sequence);
    setOpened(next);
  }

  return (
    <Table.ScrollContainer minWidth={760}>
      <Table highlightOnHover aria-label="Entries of the ledger">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Sequence</Table.Th>
            <Table.Th>Time</Table.Th>
            <Table.Th>Who</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>Of what</Table.Th>
            <Table.Th>Why</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <EntryRow
              key={entry.sequence}
              entry={entry}
              isOpen={opened.has(entry.sequence)}
              onToggle={() => toggle(entry.sequence)}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface EntryRowProps {
  entry: LedgerEntry;
  isOpen: boolean;
  onToggle(): void;
}

function EntryRow({ entry, isOpen, onToggle }: EntryRowProps) {
  const Mark = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <Table.Tr data-sequence={entry.sequence}>
        <Table.Td>
          <UnstyledButton className={classes.opener} aria-expanded={isOpen} onClick={onToggle}>
            <Mark size={14} aria-hidden />
            <span className={page.hidden}>Details of entry </span>
            {count(entry.sequence)}
          </UnstyledButton>
        </Table.Td>
        <Table.Td className={classes.time}>{utc(entry.time)}</Table.Td>
        <Table.Td>{actorWords(entry)}</Table.Td>
        <Table.Td fw={500}>{words(entry.action)}</Table.Td>
        <Table.Td>
          {words(entry.object.kind)}{" "}
          <span className={page.mono} title={entry.object.id}>
            {entry.object.id.slice(0, 8)}
          </span>
        </Table.Td>
        <Table.Td>
          {entry.reason ? `${words(entry.reason.code)}: ${entry.reason.text}` : ""}
        </Table.Td>
      </Table.Tr>
      {isOpen && (
        <Table.Tr>
          <Table.Td colSpan={6} className={classes.detail}>
            <Detail entry={entry} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

function actorWords({ actor }: LedgerEntry): string {
  const name =
    actor.name ??
    (actor.kind === "system" ? "The platform" : `${words(actor.kind)} ${actor.id.slice(0, 8)}`);
  return actor.kind === "machine" ? `${name} (machine)` : name;
}

function Detail({ entry }: { entry: LedgerEntry }) {
  const names = [
    ...new Set([...Object.keys(entry.before ?? {}), ...Object.keys(entry.after ?? {})]),
  ];
  const facts = [
    [
      "Object",
      entry.object.revision === null
        ? entry.object.id
        : `${entry.object.id}, revision ${entry.object.revision}`,
    ],
    ["From", entry.origin],
    ["Request", entry.request_id],
    ["Build", entry.build],
    ["Leaf hash", entry.leaf_hash],
    ["Reviewed", entry.is_reviewed ? "yes" : "not yet"],
  ];
  return (
    <div className={classes.columns}>
      {names.length > 0 && (
        <table className={classes.changes}>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  {entry.before?.[name] === undefined ? (
                    "–"
                  ) : (
                    <s>{valueWords(entry.before[name])}</s>
                  )}
                </td>
                <td>{valueWords(entry.after?.[name])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {entry.actor.on_behalf_of && <Text size="xs">On behalf of {entry.actor.on_behalf_of}</Text>}
    </div>
  );
}

function valueWords(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string" && value.startsWith("hmac-sha256:"))
    return "sealed, no longer open";
  return typeof value === "string" ? value : JSON.stringify(value);
}
