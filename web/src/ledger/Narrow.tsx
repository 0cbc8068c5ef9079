/** What part of the ledger is shown: critical entries, those nobody reviewed, a span of days. */

import { Checkbox, Group, TextInput } from "@mantine/core";

export interface Narrowing {
  critical: boolean;
  unreviewed: boolean;
  since: string;
  until: string;
}

export const WIDE: Narrowing = { critical: false, unreviewed: false, since: "", until: "" };

interface NarrowProps {
  value: Narrowing;
  onChange(change: Partial<Narrowing>): void;
}

export function Narrow({ value, onChange }: NarrowProps) {
  return (
    <Group gap="md" align="flex-end">
      <TextInput
        type="date"
        size="xs"
        label="From (UTC)"
        value={value.since}
        onChange={(event) => onChange({ since: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        size="xs"
        label="To (UTC)"
        value={value.until}
        onChange={(event) => onChange({ until: event.currentTarget.value })}
      />
      <Checkbox
        size="xs"
        label="Critical only"
        checked={value.critical}
        onChange={(event) => onChange({ critical: event.currentTarget.checked })}
      />
      <Checkbox
        size="xs"
        label="Not reviewed yet"
        checked={value.unreviewed}
        onChange={(event) => onChange({ unreviewed: event.currentTarget.checked })}
      />
    </Group>
  );
}
