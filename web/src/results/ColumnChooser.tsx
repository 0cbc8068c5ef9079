/** Which columns are shown, each with what it means. */

import { Button, Checkbox, Group, Popover, ScrollArea, Stack, Text } from "@mantine/core";
import type { Column } from "../api/types";
import { Columns } from "../parts/icons";

interface ColumnChooserProps {
  columns: readonly Column[];
  shown: readonly Column[];
  /** The names to show, or null for the table's own choice. */
  onChoose(names: readonly string[] | null): void;
}

export function ColumnChooser({ columns, shown, onChoose }: ColumnChooserProps) {
  const names = new Set(shown.map(({ name }) => name));

  function toggle(name: string) {
    const next = columns.filter((column) => (column.name === name) !== names.has(column.name));
    onChoose(next.map((column) => column.name));
  }

  return (
    <Popover position="bottom-start" shadow="md" trapFocus withinPortal>
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<Columns size={14} />}>
          Columns ({shown.length} of {columns.length})
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns to show">
        <Group gap="xs" mb="xs">
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => onChoose(columns.map(({ name }) => name))}
          >
            All
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => onChoose(null)}>
            Usual
          </Button>
        </Group>
        <ScrollArea.Autosize mah={340} w={320} type="auto">
          <Stack gap={6} pr="sm">
            {columns.map(({ name, meaning }) => (
              <Checkbox
                key={name}
                size="xs"
                label={name}
                description={meaning}
                checked={names.has(name)}
                disabled={names.size === 1 && names.has(name)}
                onChange={() => toggle(name)}
              />
            ))}
          </Stack>
        </ScrollArea.Autosize>
        <Text size="xs" c="dimmed" mt="xs">
          The CSV always holds every column.
        </Text>
      </Popover.Dropdown>
    </Popover>
  );
}
