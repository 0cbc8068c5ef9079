/** What a resolution states, read by the server when it was put forward. */

import { Table } from "@mantine/core";
import type { Resolution } from "../api/types";

export function Facts({ content }: { content: Resolution["content"] }) {
  const facts = Object.entries(content).filter(([, value]) => said(value) !== "");
  if (facts.length === 0) return null;
  return (
    <Table aria-label="What is signed for">
      <Table.Tbody>
        {facts.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th>{name.replaceAll("_", " ")}</Table.Th>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{said(value)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function said(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(said).join("; ");
  if (typeof value === "object") {
    return Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([name, inner]) => `${name.replaceAll("_", " ")} ${said(inner)}`)
      .join(", ");
  }
  return String(value);
}
