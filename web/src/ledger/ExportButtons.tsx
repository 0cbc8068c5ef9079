/** Taking the ledger along: copies for people, and the bundle that the verifier checks alone. */

import { Button, Group, Text } from "@mantine/core";

const FORMATS = [
  ["bundle", "Bundle with verifier"],
  ["pdf", "PDF"],
  ["csv", "CSV"],
  ["json", "JSON"],
] as const;

export function ExportButtons({ projectId }: { projectId: string }) {
  return (
    <Group gap="xs">
      <Text size="xs" c="dimmed">
        Export with its signed checkpoint:
      </Text>
      {FORMATS.map(([format, label]) => (
        <Button
          key={format}
          component="a"
          href={`/api/projects/${projectId}/ledger/export?format=${format}`}
          download
          variant="default"
          size="xs"
        >
          {label}
        </Button>
      ))}
    </Group>
  );
}
