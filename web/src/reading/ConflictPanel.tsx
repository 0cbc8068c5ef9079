/** Two versions of a draft side by side: the reader chooses item by item, nothing is merged. */

import { Button, Group, Radio, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { FormDefinition, ItemDefinition } from "../ecrf/definition";
import { kindOf } from "../ecrf/items";
import { MISSING_REASONS } from "../ecrf/missing";
import classes from "./ConflictPanel.module.css";
import type { Conflict } from "./draft";

interface ConflictPanelProps {
  form: FormDefinition;
  items: readonly Conflict[];
  onResolve(keepMine: ReadonlySet<string>): void;
}

type Side = "mine" | "theirs";

export function ConflictPanel({ form, items, onResolve }: ConflictPanelProps) {
  const [sides, setSides] = useState<ReadonlyMap<string, Side>>(new Map());
  const undecided = items.filter(({ path }) => !sides.has(path)).length;

  function chooseAll(side: Side) {
    setSides(new Map(items.map(({ path }) => [path, side])));
  }

  return (
    <section className={classes.panel} aria-labelledby="conflict-title">
      <Title order={2} size="h3" id="conflict-title">
        This draft was changed elsewhere
      </Title>
      <Text size="sm" mb="sm">
        Another window or device saved a newer draft. Choose for each item which answer stands.
      </Text>
      <Stack gap="sm">
        {items.map((conflict) => {
          const item = itemAt(form, conflict.path);
          return (
            <Radio.Group
              key={conflict.path}
              label={item?.label ?? (conflict.path.startsWith("mark/") ? "A mark" : conflict.path)}
              value={sides.get(conflict.path) ?? null}
              onChange={(side) => setSides(new Map(sides).set(conflict.path, side as Side))}
            >
              <Stack gap={4} mt={4}>
                <Radio size="xs" value="mine" label={`Here: ${words(item, conflict.mine)}`} />
                <Radio size="xs" value="theirs" label={`Saved: ${words(item, conflict.theirs)}`} />
              </Stack>
            </Radio.Group>
          );
        })}
      </Stack>
      <Group mt="md" justify="space-between">
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={() => chooseAll("mine")}>
            All typed here
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => chooseAll("theirs")}>
            All saved
          </Button>
        </Group>
        <Button
          size="compact-sm"
          disabled={undecided > 0}
          onClick={() =>
            onResolve(
              new Set([...sides].filter(([, side]) => side === "mine").map(([path]) => path)),
            )
          }
        >
          Go on
        </Button>
      </Group>
    </section>
  );
}

function itemAt(form: FormDefinition, path: string): ItemDefinition | undefined {
  const [groupOid, , itemOid] = path.split("/");
  return form.groups.find(({ oid }) => oid === groupOid)?.items.find(({ oid }) => oid === itemOid);
}

function words(
  item: ItemDefinition | undefined,
  content: { value?: string | null; missing?: keyof typeof MISSING_REASONS | null } | null,
): string {
  if (content?.missing) return MISSING_REASONS[content.missing];
  if (!content?.value) return "no answer";
  return item === undefined ? content.value : kindOf(item).show(content.value, item);
}
