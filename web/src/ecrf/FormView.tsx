/** A form drawn from its definition; the caller holds the answers and hears of every change. */

import { Button } from "@mantine/core";
import type { Check, DraftChange, Evaluation } from "../api/types";
import { Plus } from "../parts/icons";
import { pathOf } from "./address";
import type { Content } from "./content";
import type { FormDefinition, GroupDefinition } from "./definition";
import classes from "./FormView.module.css";
import { ItemField } from "./ItemField";

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
  return (
    <section className={classes.group} aria-labelledby={`group-${group.oid}`}>
      <h2 className={classes.title} id={`group-${group.oid}`}>
        {group.label}
      </h2>
      {rows.map((repeat) => (
        <div key={repeat} className={group.repeats ? classes.row : undefined}>
          {repeat !== "" && (
            <h3 className={classes.rowTitle}>
              {group.label} {repeat}
            </h3>
          )}
          {group.items.map((item) => {
            const address = { group: group.oid, repeat, item: item.oid };
            const path = pathOf(address);
            if (props.evaluation?.visible[path] === false) return null;
            return (
              <ItemField
                key={path}
                item={item}
                address={address}
                path={path}
                content={props.contentOf(path)}
                computed={props.evaluation?.computed[path] ?? null}
                refusal={props.refusals.get(path) ?? null}
                checks={checksOf(props.evaluation, path)}
                isMissing={
                  props.showMissing && (props.evaluation?.missing_required.includes(path) ?? false)
                }
                required={props.evaluation?.required.includes(path) ?? item.required}
                readOnly={props.readOnly}
                onChange={props.onChange}
                onUnfinished={props.onUnfinished}
              />
            );
          })}
        </div>
      ))}
      {group.repeats && !props.readOnly && (
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

function checksOf(evaluation: Evaluation | null, path: string): readonly Check[] {
  return (evaluation?.checks ?? []).filter((check) => pathOf(check) === path);
}
