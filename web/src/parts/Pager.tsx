/** Steps through pages that the server counts: "101–200 of 4,812". */

import { ActionIcon, Group, Text } from "@mantine/core";
import { count } from "../words/numbers";
import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from "./icons";

interface PagerProps {
  what: string;
  total: number;
  offset: number;
  limit: number;
  onMove(offset: number): void;
}

export function Pager({ what, total, offset, limit, onMove }: PagerProps) {
  const last = total === 0 ? 0 : Math.floor((total - 1) / limit) * limit;
  const shown =
    total === 0 ? "0" : `${count(offset + 1)}–${count(Math.min(offset + limit, total))}`;
  const steps = [
    { label: "First page", Icon: ChevronFirst, to: 0, off: offset === 0 },
    {
      label: "Previous page",
      Icon: ChevronLeft,
      to: Math.max(0, offset - limit),
      off: offset === 0,
    },
    { label: "Next page", Icon: ChevronRight, to: offset + limit, off: offset >= last },
    { label: "Last page", Icon: ChevronLast, to: last, off: offset >= last },
  ];
  return (
    <Group gap="xs" component="nav" aria-label={`Pages of ${what}`}>
      <Text size="sm" c="dimmed" aria-live="polite">
        {shown} of {count(total)} {what}
      </Text>
      <Group gap={4}>
        {steps.map(({ label, Icon, to, off }) => (
          <ActionIcon
            key={label}
            variant="default"
            size="md"
            aria-label={label}
            disabled={off}
            onClick={() => onMove(to)}
          >
            <Icon size={15} />
          </ActionIcon>
        ))}
      </Group>
    </Group>
  );
}
