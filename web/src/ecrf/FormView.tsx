/** A form drawn from its definition; the caller holds the answers and hears of every change. */

import { Button } from "@mantine/core";
import type { DraftChange, Evaluation } from "../api/types";
import { Plus } from "../parts/icons";
import type { Content } from "./content";
import type { FormDefinition, GroupDefinition } from "./definition";
import { FormItem } from "./FormItem";
import classes from "./FormView.module.css";
import { LesionTable } from "./LesionTable";
import { figuresOf, isLesionTable, mostLesions, statedBeside } from "./lesions";

export interface FormViewProps {
  form: FormDefinition;
  evaluation: Evaluation | null;
  contentOf(path: string): Content;
  repeatsOf(group: string): readonly string[];
  /** Why the server refused what was typed, by path. */
  refusals: ReadonlyMap<string, string>;
  /** True while nothing may be typed: before opening, after submitting, in a conflict. */
  readOnly: boolean;
  /** True once the reader has tried to submit: open required items are marked from then on. */
  showMissing: boolean;
  onChange(change: DraftChange): void;
  /** What is typed in an item cannot be sent as it stands, such as "30." of a number. */
  onUnfinished(path: string): void;
  onAddRow(group: string): void;
}

export function FormView(props: FormViewProps) {
  return (
    <div className={classes.form}>
      {props.form.groups.map((group) => (
        <GroupSection key={group.oid} group={group} {...props} />
      ))}
    </div>
  );
}

function GroupSection({ group, ...props }: FormViewProps & { group: GroupDefinition }) {
  const rows = group.repeats ? props.repeatsOf(group.oid) : [""];
  const isTable = isLesionTable(group);
  return (
    <section className={classes.group} aria-labelledby={`group-${group.oid}`}>
      <h2 className={classes.title} id={`group-${group.oid}`}>
        {group.label}
      </h2>
      {isTable ? (
        <LesionTable group={group} rows={rows} {...props} />
      ) : (
        rows.map((repeat) => <Row key={repeat} group={group} repeat={repeat} {...props} />)
      )}
      {group.repeats && !props.readOnly && rows.length < mostLesions(group) && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Plus size={14} />}
          onClick={() => props.onAddRow(group.oid)}
        >
          Add to {group.label}
        </Button>
      )}
    </section>
  );
}

/** One row of a group; figures of a lesion table stand there, the stated beside the computed. */
function Row({
  group,
  repeat,
  ...props
}: FormViewProps & { group: GroupDefinition; repeat: string }) {
  const elsewhere = props.form.groups
    .flatMap((table) => figuresOf(props.form, table))
    .map(([, item]) => item);
  const items = group.items.filter((item) => !elsewhere.includes(item));
  const pair = group.repeats ? [] : statedBeside(props.form);
  const beside = items.filter(({ oid }) => pair.includes(oid));
  const paired = beside.length === 2 ? beside : [];
  return (
    <div className={group.repeats ? classes.row : undefined}>
      {repeat !== "" && (
        <h3 className={classes.rowTitle}>
          {group.label} {repeat}
        </h3>
      )}
      {items
        .filter((item) => !paired.includes(item))
        .map((item) => (
          <FormItem key={item.oid} {...props} group={group} repeat={repeat} item={item} />
        ))}
      {paired.length > 0 && (
        <div className={classes.pair} data-beside>
          {paired.map((item) => (
            <FormItem key={item.oid} {...props} group={group} repeat={repeat} item={item} />
          ))}
        </div>
      )}
    </div>
  );
}
