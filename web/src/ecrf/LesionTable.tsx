/** A table of lesions: one row each, the sizes of the visits before, the server's sum below. */

import { Fragment } from "react";
import { pathOf } from "./address";
import type { GroupDefinition, ItemDefinition } from "./definition";
import { FormItem } from "./FormItem";
import type { FormViewProps } from "./FormView";
import { InTableContext } from "./items/ChoiceSelect";
import classes from "./LesionTable.module.css";
import { columnsOf, figuresOf, lesionNumber, sizeOf, useEarlierLesions } from "./lesions";

interface LesionTableProps extends FormViewProps {
  group: GroupDefinition;
  rows: readonly string[];
}

export function LesionTable({ group, rows, ...form }: LesionTableProps) {
  const seat = useEarlierLesions();
  const visits = seat?.visits ?? [];
  const columns = columnsOf(group);
  if (rows.length === 0) return <p className={classes.none}>No lesion yet</p>;
  return (
    <>
      {/* A region that scrolls is reached by the keyboard (WCAG 2.1.1). */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways */}
      <section className={classes.scroll} aria-label={`${group.label}, table`} tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">No.</th>
              {columns.map((item) => (
                <th key={item.oid} scope="col">
                  {item.label}
                </th>
              ))}
              {visits.map((visit) => (
                <th key={visit.read} scope="col" className={classes.before}>
                  {visit.visit_code}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <LesionRow key={row} {...form} {...{ group, row, columns }} />
            ))}
          </tbody>
        </table>
      </section>
      <Figures group={group} {...form} />
    </>
  );
}

interface LesionRowProps extends FormViewProps {
  group: GroupDefinition;
  row: string;
  columns: readonly ItemDefinition[];
}

function LesionRow({ group, row, columns, ...form }: LesionRowProps) {
  const seat = useEarlierLesions();
  const visits = seat?.visits ?? [];
  const number = lesionNumber(group, row);
  const findings = seat?.lesions.find((one) => one.number === number)?.findings ?? [];
  const isShown = (item: ItemDefinition) =>
    form.evaluation?.visible[pathOf({ group: group.oid, repeat: row, item: item.oid })] !== false;
  const rest = group.items.filter((item) => !columns.includes(item) && isShown(item));
  return (
    <>
      <tr>
        <th scope="row">{number}</th>
        {columns.map((item) => (
          <td key={item.oid} className={classes.cell}>
            <InTableContext value={true}>
              <FormItem {...form} group={group} repeat={row} item={named(item, number)} />
            </InTableContext>
          </td>
        ))}
        {visits.map((visit) => (
          <td key={visit.read} className={classes.before}>
            {sizeOf(findings, visit.visit_code)}
          </td>
        ))}
      </tr>
      {rest.length > 0 && (
        <tr>
          <td />
          <td colSpan={columns.length + visits.length}>
            <details className={classes.more}>
              <summary>More of {number}</summary>
              {rest.map((item) => (
                <Fragment key={item.oid}>
                  <FormItem {...form} group={group} repeat={row} item={item} />
                </Fragment>
              ))}
            </details>
          </td>
        </tr>
      )}
    </>
  );
}

/** The figures of the whole table; they stand here and not a second time in their own group. */
function Figures({ group, ...props }: FormViewProps & { group: GroupDefinition }) {
  const figures = figuresOf(props.form, group);
  if (figures.length === 0) return null;
  return (
    <div className={classes.figures}>
      {figures.map(([owner, item]) => (
        <FormItem key={item.oid} {...props} group={owner} repeat="" item={withUnit(item)} />
      ))}
    </div>
  );
}

/** A cell's label is heard, not seen: it says which lesion it belongs to. */
function named(item: ItemDefinition, number: string): ItemDefinition {
  return { ...item, label: `${number} ${item.label}` };
}

function withUnit(item: ItemDefinition): ItemDefinition {
  return item.unit ? { ...item, label: `${item.label}, ${item.unit}` } : item;
}
