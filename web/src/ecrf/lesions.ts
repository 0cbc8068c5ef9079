/** What a lesion table shows beside its answers: numbers of lesions, sizes of the visits before. */

import { createContext, useContext } from "react";
import type { LesionFinding, SeatResponses } from "../api/types";
import type { FormDefinition, GroupDefinition, ItemDefinition } from "./definition";

/** The reader's own signed visits; null where there are none, or none have come yet. */
export const EarlierLesionsContext = createContext<SeatResponses | null>(null);

export const useEarlierLesions = (): SeatResponses | null => useContext(EarlierLesionsContext);

const PREFIXES = { target: "T", non_target: "NT", new: "NEW" } as const;

export function isLesionTable(group: GroupDefinition): boolean {
  return typeof group.repeats === "object" && group.repeats.kind === "lesion_table";
}

/** The number by which a lesion is known at every visit, such as T1. */
export function lesionNumber({ repeats }: GroupDefinition, row: string): string {
  const role = typeof repeats === "object" ? repeats.role : null;
  return `${PREFIXES[role ?? "target"]}${row}`;
}

export function mostLesions({ repeats }: GroupDefinition): number {
  return (typeof repeats === "object" ? repeats.max : null) ?? Number.POSITIVE_INFINITY;
}

/** Columns of a table; whatever else a lesion is asked stands below its row. */
export function columnsOf(group: GroupDefinition): readonly ItemDefinition[] {
  const sizes = group.items.filter(({ kind }) => kind === "measurement" || kind === "decimal");
  const named = ["organ", "node", "status"].flatMap(
    (oid) => group.items.find((item) => item.oid === oid) ?? [],
  );
  return [...named, ...sizes];
}

/** What the server makes of a table: its sum, and how that changed since baseline and nadir. */
export function figuresOf(
  form: FormDefinition,
  table: GroupDefinition,
): readonly (readonly [GroupDefinition, ItemDefinition])[] {
  if (typeof table.repeats !== "object" || table.repeats.role !== "target") return [];
  const stands = new RegExp(
    `^(sum\\(${table.oid}\\.|criteria\\.(sum|nadir|change_from_(baseline|nadir))_\\w+$)`,
  );
  return form.groups
    .filter((group) => !group.repeats)
    .flatMap((group) =>
      group.items
        .filter((item) => item.kind === "computed" && stands.test(item.value))
        .map((item) => [group, item] as const),
    );
}

/** The computed overall response and the item that states it, where the form compares the two. */
export function statedBeside(form: FormDefinition): readonly string[] {
  const items = form.groups.filter(({ repeats }) => !repeats).flatMap(({ items }) => items);
  const computed = items.find(
    (item) => item.kind === "computed" && item.value === "criteria.overall",
  );
  const stated = (form.checks ?? [])
    .map(({ when }) => /^(\w+) != criteria\.overall$/.exec(when)?.[1])
    .find((oid) => oid !== undefined);
  return computed && stated ? [computed.oid, stated] : [];
}

/** Words beside a size that counts but was not measured, as too small to measure. */
export function sizeOf(findings: readonly LesionFinding[], visit: string): string {
  const finding = findings.find((one) => one.visit_code === visit);
  if (!finding) return "";
  if (finding.status === "present") return finding.size_mm ?? "there";
  const words = finding.status.replaceAll("_", " ");
  return finding.counted_mm && finding.counted_mm !== "0"
    ? `${finding.counted_mm} (${words})`
    : words;
}
