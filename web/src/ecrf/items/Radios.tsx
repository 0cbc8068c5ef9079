/** One answer of a few, all visible, none marked beforehand. */

import type { Choice } from "../definition";
import type { ItemProps } from "./kind";
import classes from "./Radios.module.css";

interface RadiosProps extends Omit<ItemProps, "item"> {
  choices: readonly Choice[];
  layout: "row" | "column" | "steps";
}

export function Radios({
  id,
  labelId,
  describedBy,
  value,
  invalid,
  disabled,
  choices,
  required,
  layout,
  onChange,
}: RadiosProps) {
  return (
    <div
      id={id}
      className={classes.radios}
      data-layout={layout}
      role="radiogroup"
      aria-labelledby={labelId}
      aria-describedby={describedBy}
      aria-required={required}
      aria-invalid={invalid || undefined}
    >
      {choices.map(({ code, label }) => (
        <label key={code} className={classes.choice} data-chosen={value === code || undefined}>
          <input
            type="radio"
            name={id}
            value={code}
            checked={value === code}
            disabled={disabled}
            onChange={() => onChange(code)}
          />
          <span>{label}</span>
        </label>
      ))}
    </div>
  );
}
