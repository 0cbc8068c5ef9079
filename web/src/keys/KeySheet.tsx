/** The sheet of keys, opened with `?` or from the header. */

import { Kbd, Modal, SimpleGrid, Stack, Switch, Text, Title } from "@mantine/core";
import classes from "./KeySheet.module.css";
import { KEY_GROUPS, type KeyGroup } from "./sheet";
import { useSingleKeys } from "./useKeys";

export function KeySheet({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const { on, turn } = useSingleKeys();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keys"
      size="lg"
      closeButtonProps={{ "aria-label": "Close the sheet of keys" }}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        <Stack>{KEY_GROUPS.slice(0, 2).map(drawGroup)}</Stack>
        <Stack>{KEY_GROUPS.slice(2).map(drawGroup)}</Stack>
      </SimpleGrid>
      <Switch
        mt="lg"
        label="Listen to single keys"
        description="Switch off when a speech or switch device sends letters by itself."
        checked={on}
        onChange={(event) => turn(event.currentTarget.checked)}
      />
    </Modal>
  );
}

function drawGroup(group: KeyGroup) {
  return (
    <section key={group.title}>
      <Title order={3} mb={4}>
        {group.title}
      </Title>
      <dl className={classes.list}>
        {group.entries.map((entry) => (
          <div key={entry.does} className={classes.row}>
            <dt>
              {entry.keys.map((name) => (
                <Kbd key={name} size="xs" mr={4}>
                  {name}
                </Kbd>
              ))}
            </dt>
            <dd>
              <Text size="sm" span>
                {entry.does}
              </Text>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
