/** The heading of a page: its title, one line about it, and its actions. */

import { Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface PageHeaderProps {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  order?: 1 | 2;
}

export function PageHeader({ title, about, actions, order = 1 }: PageHeaderProps) {
  return (
    <Group justify="space-between" align="flex-end" mb="md" gap="md">
      <div>
        <Title order={order}>{title}</Title>
        {about && (
          <Text size="sm" c="dimmed" mt={2}>
            {about}
          </Text>
        )}
      </div>
      {actions && <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
