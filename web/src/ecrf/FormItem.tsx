/** One item of a form at its place: what was answered there, and what the server says of it. */

import type { Check, Evaluation } from "../api/types";
import { pathOf } from "./address";
import type { GroupDefinition, ItemDefinition } from "./definition";
import type { FormViewProps } from "./FormView";
import { ItemField } from "./ItemField";

interface FormItemProps extends FormViewProps {
  group: GroupDefinition;
  repeat: string;
  item: ItemDefinition;
}

export function FormItem({ group, repeat, item, evaluation, ...form }: FormItemProps) {
  const address = { group: group.oid, repeat, item: item.oid };
  const path = pathOf(address);
  if (evaluation?.visible[path] === false) return null;
  return (
    <ItemField
      item={item}
      address={address}
      path={path}
      content={form.contentOf(path)}
      computed={evaluation?.computed[path] ?? null}
      refusal={form.refusals.get(path) ?? null}
      checks={checksOf(evaluation, path)}
      isMissing={form.showMissing && (evaluation?.missing_required.includes(path) ?? false)}
      required={evaluation?.required.includes(path) ?? item.required}
      readOnly={form.readOnly}
      onChange={form.onChange}
      onUnfinished={form.onUnfinished}
    />
  );
}

function checksOf(evaluation: Evaluation | null, path: string): readonly Check[] {
  return (evaluation?.checks ?? []).filter((check) => pathOf(check) === path);
}
