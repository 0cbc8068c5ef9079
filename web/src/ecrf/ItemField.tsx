/** One item: its label, help, input, reason for having no value, and what the server says of it. */

import { Menu, TextInput } from "@mantine/core";
import { useId, useState } from "react";
import type { Check, DraftChange, Missing } from "../api/types";
import { PlaceContext } from "../drawing/context";
import { CircleSlash, X } from "../parts/icons";
import type { Address } from "./address";
import { CheckMessages } from "./CheckMessages";
import { ComputedField } from "./ComputedField";
import type { Content } from "./content";
import type { ItemDefinition } from "./definition";
import classes from "./FormView.module.css";
import { kindOf } from "./items";
import { ShownMarks } from "./items/Drawn";
import { MISSING_CODES, MISSING_REASONS } from "./missing";

interface ItemFieldProps {
  item: ItemDefinition;
  address: Address;
  path: string;
  content: Content;
  /** What the server computes for the item. */
  computed: string | null;
  refusal: string | null;
  checks: readonly Check[];
  isMissing: boolean;
  /** Whether an answer is needed now: by the form, or by a rule of it. */
  required: boolean;
  readOnly: boolean;
  onChange(change: DraftChange): void;
  onUnfinished(path: string): void;
}

export function ItemField(props: ItemFieldProps) {
  const kind = kindOf(props.item);
  if (!kind.takesAnswers) return <Words item={props.item} />;
  if (props.item.kind === "computed") return <ComputedField {...props} value={props.computed} />;
  return props.readOnly ? <ShownItem {...props} /> : <TypedItem {...props} />;
}

function Words({ item }: { item: ItemDefinition }) {
  return (
    <div className={classes.field}>
      {kindOf(item).draw({
        item,
        id: "",
        labelId: "",
        describedBy: undefined,
        value: "",
        invalid: false,
        disabled: true,
        required: false,
        onChange: () => undefined,
      })}
    </div>
  );
}

function ShownItem({ item, content, path, checks }: ItemFieldProps) {
  const { value, missing, reason } = content;
  return (
    <div className={classes.field} data-item={path}>
      <div className={classes.label}>{item.label}</div>
      {value !== null && (
        <div className={classes.value}>
          <ShownMarks path={path}>{kindOf(item).show(value, item)}</ShownMarks>
        </div>
      )}
      {missing !== null && (
        <p className={classes.value}>
          {MISSING_REASONS[missing]}
          {reason && `: ${reason}`}
        </p>
      )}
      {value === null && missing === null && (
        <p className={`${classes.value} ${classes.none}`}>No answer</p>
      )}
      <CheckMessages id="" checks={checks} own={null} />
    </div>
  );
}

function TypedItem(props: ItemFieldProps) {
  const { item, address, path, content, refusal, checks, isMissing, onChange, onUnfinished } =
    props;
  const id = useId();
  const kind = kindOf(item);
  const [unfinishedText, setUnfinishedText] = useState<string | null>(null);
  const typed = unfinishedText ?? content.value ?? "";
  const unfinished = typed === "" ? null : kind.unfinished(typed, item);
  const own = unfinished ?? refusal ?? (isMissing ? "This item is required." : null);
  const blocked = own !== null || checks.some(({ severity }) => severity === "block");
  const describedBy = [item.help && `${id}-help`, (own ?? checks.length) && `${id}-messages`]
    .filter(Boolean)
    .join(" ");

  // What cannot be sent yet stays in this input; everything else is the draft's.
  function type(value: string) {
    if (value !== "" && kind.unfinished(value, item) !== null) {
      setUnfinishedText(value);
      onUnfinished(path);
    } else {
      answer({ value: value === "" ? null : value });
    }
  }

  function answer(content: Pick<DraftChange, "value" | "missing" | "reason">) {
    setUnfinishedText(null);
    onChange({ ...address, value: null, missing: null, reason: null, ...content });
  }

  return (
    <div
      className={classes.field}
      data-item={path}
      data-open={content.value === null && content.missing === null}
    >
      <ItemLabel
        item={item}
        required={props.required}
        labelId={`${id}-label`}
        inputId={kind.isGroup(item) ? undefined : id}
        onMissing={content.missing === null ? (missing) => answer({ missing }) : undefined}
      />
      {item.help && (
        <p className={classes.help} id={`${id}-help`}>
          {item.help}
        </p>
      )}
      {content.missing === null ? (
        <PlaceContext value={{ address, label: item.label, send: onChange }}>
          {kind.draw({
            item,
            id,
            labelId: `${id}-label`,
            describedBy: describedBy || undefined,
            value: typed,
            invalid: blocked,
            disabled: false,
            required: props.required,
            onChange: type,
          })}
        </PlaceContext>
      ) : (
        <MissingValue
          missing={content.missing}
          reason={content.reason ?? ""}
          labelId={`${id}-label`}
          onReason={(reason) => answer({ missing: sayable(content.missing), reason })}
          onAnswer={() => answer({})}
        />
      )}
      <CheckMessages id={`${id}-messages`} checks={checks} own={own} />
    </div>
  );
}

interface ItemLabelProps {
  item: ItemDefinition;
  required: boolean;
  labelId: string;
  /** The input that the label is for; a group of inputs points at the label instead. */
  inputId: string | undefined;
  onMissing: ((word: (typeof MISSING_CODES)[number]) => void) | undefined;
}

function ItemLabel({ item, required, labelId, inputId, onMissing }: ItemLabelProps) {
  return (
    <div className={classes.label}>
      <label id={labelId} htmlFor={inputId}>
        {item.label}
        {required && (
          <span className={classes.required} title="Required" aria-hidden>
            {" "}
            *
          </span>
        )}
      </label>
      {onMissing && <MissingMenu labelId={labelId} onChoose={onMissing} />}
    </div>
  );
}

/** A word of an earlier release is not said again: the reader chooses one of today's. */
function sayable(missing: Missing | null): (typeof MISSING_CODES)[number] | null {
  return missing === "no_answer" ? "unknown" : missing;
}

interface MissingValueProps {
  missing: Missing;
  reason: string;
  labelId: string;
  onReason(reason: string): void;
  onAnswer(): void;
}

function MissingValue({ missing, reason, labelId, onReason, onAnswer }: MissingValueProps) {
  return (
    <>
      <MissingWord missing={missing} labelId={labelId} onAnswer={onAnswer} />
      <TextInput
        mt={4}
        size="xs"
        label="Why, needed to submit"
        value={reason}
        maxLength={2000}
        aria-required
        aria-describedby={labelId}
        onChange={(event) => onReason(event.currentTarget.value)}
      />
    </>
  );
}

function MissingWord({
  missing,
  labelId,
  onAnswer,
}: Pick<MissingValueProps, "missing" | "labelId" | "onAnswer">) {
  return (
    <div className={classes.missing}>
      {MISSING_REASONS[missing]}
      <button
        type="button"
        className={classes.reason}
        aria-describedby={labelId}
        onClick={onAnswer}
      >
        <X size={14} aria-hidden /> Answer after all
      </button>
    </div>
  );
}

interface MissingMenuProps {
  labelId: string;
  onChoose(word: (typeof MISSING_CODES)[number]): void;
}

function MissingMenu({ labelId, onChoose }: MissingMenuProps) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <button
          type="button"
          className={classes.reason}
          aria-label="No value, and why"
          aria-describedby={labelId}
          title="No value, and why"
        >
          <CircleSlash size={13} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>No value because it is</Menu.Label>
        {MISSING_CODES.map((code) => (
          <Menu.Item key={code} onClick={() => onChoose(code)}>
            {MISSING_REASONS[code]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
