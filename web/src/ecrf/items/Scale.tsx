import type { Choice, ScaleDefinition } from "../definition";
import { finished, type ItemKind, type ItemProps } from "./kind";
import { NumberInput } from "./NumberInput";
import { Radios } from "./Radios";
import classes from "./Scale.module.css";

/** A scale with more steps is typed: eleven buttons can be read, a hundred cannot. */
const MOST_STEPS = 11;

function stepsOf({ min, max, step }: ScaleDefinition): Choice[] {
  const n = Math.floor((max - min) / step) + 1;
  return Array.from({ length: n }, (_, at) => {
    const code = String(min + at * step);
    return { code, label: code };
  });
}

function showsItsSteps({ min, max, step }: ScaleDefinition) {
  return Math.floor((max - min) / step) < MOST_STEPS;
}

function ScaleWidget({ item, labelId, ...props }: ItemProps<ScaleDefinition>) {
  return (
    <div>
      {showsItsSteps(item) ? (
        <Radios {...props} labelId={labelId} choices={stepsOf(item)} layout="steps" />
      ) : (
        <NumberInput {...props} mode="numeric" unit={item.unit} />
      )}
      <div className={classes.anchors}>
        <span>
          {item.min}
          {item.min_label && ` ${item.min_label}`}
        </span>
        {item.step > 1 && <span>in steps of {item.step}</span>}
        <span>
          {item.max}
          {item.max_label && ` ${item.max_label}`}
        </span>
      </div>
    </div>
  );
}

export const scaleKind: ItemKind<ScaleDefinition> = {
  kind: "scale",
  takesAnswers: true,
  isGroup: showsItsSteps,
  draw: (props) => <ScaleWidget {...props} />,
  show: (value, item) => `${value} of ${item.min} to ${item.max}`,
  unfinished: finished,
};
