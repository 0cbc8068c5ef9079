/** One page of rows; sorting is asked of the server, values are shown as they are stored. */

import { Table } from "@mantine/core";
import { type ColumnDef, tableFeatures, useTable } from "@tanstack/react-table";
import { useMemo } from "react";
import type { Column, RowsPage } from "../api/types";
import { ArrowDown, ArrowUp } from "../parts/icons";
import { utc } from "../words/time";
import classes from "./ResultsPage.module.css";
import { type Direction, directionOf } from "./views";

type Row = RowsPage["rows"][number];

const features = tableFeatures({});
const ARIA_SORT = { rising: "ascending", falling: "descending" } as const;

interface RowsTableProps {
  columns: readonly Column[];
  rows: readonly Row[];
  sort: string | undefined;
  label: string;
  onSort(column: string): void;
}

export function RowsTable({ columns, rows, sort, label, onSort }: RowsTableProps) {
  const definitions = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<typeof features, Row> => ({
          id: column.name,
          header: column.name,
          accessorFn: (row) => row[column.name],
          cell: ({ getValue }) => cellText(getValue(), column),
        }),
      ),
    [columns],
  );
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({ features, columns: definitions, data });
  const byName = new Map(columns.map((column) => [column.name, column]));

  return (
    <div className={classes.scroll}>
      <Table highlightOnHover stickyHeader aria-label={label} data-testid="rows">
        <Table.Thead>
          {table.getHeaderGroups().map((group) => (
            <Table.Tr key={group.id}>
              {group.headers.map(({ id }) => {
                const direction = directionOf(sort, id);
                return (
                  <Table.Th key={id} aria-sort={direction ? ARIA_SORT[direction] : "none"}>
                    <button
                      type="button"
                      className={classes.sort}
                      title={headerTitle(byName.get(id))}
                      onClick={() => onSort(id)}
                    >
                      {id}
                      <SortMark direction={direction} />
                    </button>
                  </Table.Th>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Thead>
        <Table.Tbody>
          {table.getRowModel().rows.map((row) => (
            <Table.Tr key={row.id}>
              {row.getAllCells().map((cell) => (
                <Table.Td key={cell.id} className={classes.cell}>
                  <table.FlexRender cell={cell} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function SortMark({ direction }: { direction: Direction }) {
  if (direction === null) return null;
  const Icon = direction === "rising" ? ArrowUp : ArrowDown;
  return <Icon size={13} aria-hidden />;
}

function headerTitle(column: Column | undefined): string {
  if (column === undefined) return "";
  return column.unit ? `${column.meaning} (${column.unit})` : column.meaning;
}

function cellText(value: unknown, column: Column) {
  if (value === null || value === undefined) return <span className={classes.none}>–</span>;
  if (column.type === "instant" && typeof value === "string") return utc(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
