/** One item: its label, help, input, reason for having no value, and what the server says of it. */

import { Menu } from "@mantine/core";
import { useId, useState } from "react";
import type { Check, DraftChange, Missing } from "../api/types";
import { PlaceContext } from "../drawing/context";
import { CircleSlash, Warning, X } from "../parts/icons";
import type { Address } from "./address";
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
  const { value, missing } = content;
  return (
    <div className={classes.field} data-item={path}>
      <div className={classes.label}>{item.label}</div>
      {value !== null && (
        <div className={classes.value}>
          <ShownMarks path={path}>{kindOf(item).show(value, item)}</ShownMarks>
        </div>
      )}
      {missing !== null && <p className={classes.value}>{MISSING_REASONS[missing]}</p>}
      {value === null && missing === null && (
        <p className={`${classes.value} ${classes.none}`}>No answer</p>
      )}
      <Messages id="" checks={checks} own={null} />
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
      answer({ value: value === "" ? null : value, missing: null });
    }
  }

  function answer(content: Content) {
    setUnfinishedText(null);
    onChange({ ...address, ...content });
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
        onMissing={
          content.missing === null ? (missing) => answer({ value: null, missing }) : undefined
        }
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
          labelId={`${id}-label`}
          onAnswer={() => answer({ value: null, missing: null })}
        />
      )}
      <Messages id={`${id}-messages`} checks={checks} own={own} />
    </div>
  );
}

interface ItemLabelProps {
  item: ItemDefinition;
  required: boolean;
  labelId: string;
  /** The input that the label is for; a group of inputs points at the label instead. */
  inputId: string | undefined;
  onMissing: ((reason: Missing) => void) | undefined;
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

interface MissingValueProps {
  missing: Missing;
  labelId: string;
  onAnswer(): void;
}

function MissingValue({ missing, labelId, onAnswer }: MissingValueProps) {
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
  onChoose(reason: Missing): void;
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

interface MessagesProps {
  id: string;
  checks: readonly Check[];
  own: string | null;
}

function Messages({ id, checks, own }: MessagesProps) {
  if (own === null && checks.length === 0) return null;
  return (
    <div id={id || undefined}>
      {own !== null && (
        <p className={classes.message} data-severity="block">
          <Warning size={14} aria-hidden />
          {own}
        </p>
      )}
      {checks.map(({ severity, message }) => (
        <p key={message} className={classes.message} data-severity={severity}>
          <Warning size={14} aria-hidden />
          {message}
        </p>
      ))}
    </div>
  );
}
