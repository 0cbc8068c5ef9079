import type { ChoicesDefinition } from "../definition";
import { finished, type ItemKind, type ItemProps } from "./kind";
import classes from "./Radios.module.css";

const codesOf = (value: string) => new Set(value.split(" ").filter(Boolean));

function ChoicesWidget({
  item,
  id,
  labelId,
  describedBy,
  value,
  invalid,
  disabled,
  onChange,
}: ItemProps<ChoicesDefinition>) {
  const chosen = codesOf(value);
  const toggle = (code: string) => {
    const next = new Set(chosen);
    if (!next.delete(code)) next.add(code);
    const inOrder = item.code_list.map((one) => one.code).filter((one) => next.has(one));
    onChange(inOrder.join(" "));
  };
  return (
    <fieldset
      id={id}
      className={classes.radios}
      data-layout="column"
      aria-labelledby={labelId}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
    >
      {item.code_list.map(({ code, label }) => (
        <label key={code} className={classes.choice} data-chosen={chosen.has(code) || undefined}>
          <input
            type="checkbox"
            value={code}
            checked={chosen.has(code)}
            disabled={disabled}
            onChange={() => toggle(code)}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

export const choicesKind: ItemKind<ChoicesDefinition> = {
  kind: "choices",
  takesAnswers: true,
  isGroup: () => true,
  draw: (props) => <ChoicesWidget {...props} />,
  show: (value, item) =>
    item.code_list
      .filter(({ code }) => codesOf(value).has(code))
      .map(({ label }) => label)
      .join(", "),
  unfinished: finished,
};
