/** The conditions on the rows, and a way to add one. */

import { Button, Group, Popover, Select, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import type { Column } from "../api/types";
import { Filter, X } from "../parts/icons";
import classes from "./ResultsPage.module.css";
import { conditionWords, OPERATORS, writeCondition } from "./views";

interface FiltersProps {
  columns: readonly Column[];
  filter: readonly string[];
  onChange(filter: readonly string[]): void;
}

export function Filters({ columns, filter, onChange }: FiltersProps) {
  const [opened, popover] = useDisclosure(false);
  return (
    <div className={classes.filters}>
      {filter.map((one) => (
        <span key={one} className={classes.filter}>
          {conditionWords(one)}
          <button
            type="button"
            aria-label={`Remove the filter: ${conditionWords(one)}`}
            onClick={() => onChange(filter.filter((other) => other !== one))}
          >
            <X size={12} />
          </button>
        </span>
      ))}
      <Popover
        opened={opened}
        onChange={popover.toggle}
        position="bottom-start"
        shadow="md"
        trapFocus
      >
        <Popover.Target>
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<Filter size={14} />}
            onClick={popover.toggle}
          >
            Add a filter
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label="Add a filter">
          <NewFilter
            columns={columns}
            onAdd={(condition) => {
              onChange([...filter.filter((one) => one !== condition), condition]);
              popover.close();
            }}
          />
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}

function NewFilter({
  columns,
  onAdd,
}: {
  columns: readonly Column[];
  onAdd(condition: string): void;
}) {
  const [column, setColumn] = useState<string | null>(null);
  const [operator, setOperator] = useState("eq");
  const [value, setValue] = useState("");

  function submit(event: FormEvent) {
    event.preventDefault();
    if (column !== null) onAdd(writeCondition({ column, operator, value }));
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="xs" w={260}>
        <Select
          label="Column"
          size="xs"
          searchable
          required
          withAsterisk={false}
          comboboxProps={{ withinPortal: false }}
          data={columns.map(({ name }) => name)}
          value={column}
          onChange={setColumn}
        />
        <Select
          label="Condition"
          size="xs"
          allowDeselect={false}
          comboboxProps={{ withinPortal: false }}
          data={Object.entries(OPERATORS).map(([code, label]) => ({ value: code, label }))}
          value={operator}
          onChange={(code) => setOperator(code ?? "eq")}
        />
        <TextInput
          label="Value"
          size="xs"
          required
          withAsterisk={false}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button type="submit" size="xs" disabled={column === null}>
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
