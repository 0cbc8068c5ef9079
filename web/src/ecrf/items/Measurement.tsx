import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { useStore } from "zustand";
import { useDrawing, usePlace } from "../../drawing/context";
import { KIND_WORDS } from "../../drawing/marks";
import { pathOf } from "../address";
import type { MeasurementDefinition } from "../definition";
import { decimalKind } from "./Decimal";
import { DrawButton, MarkChip, useMarksOf } from "./Drawn";
import classes from "./Drawn.module.css";
import type { ItemKind, ItemProps } from "./kind";

const NO_SCALE = "This image does not say what a pixel measures: there is no millimetre on it.";

type MeasurementProps = ItemProps<MeasurementDefinition>;

function MeasurementWidget(props: MeasurementProps) {
  const { item, id, labelId, describedBy, value } = props;
  const drawing = useDrawing();
  const place = usePlace();
  const path = place === null ? null : pathOf(place.address);
  const [mark] = useMarksOf(path);
  const reason = useStore(drawing.store, (state) => state.byHand.get(path ?? ""));
  const [typing, setTyping] = useState(false);

  if (typing) return <TypedSize {...props} reason={reason ?? ""} onDone={() => setTyping(false)} />;
  const unscaled = mark?.view?.unit === "px" && item.unit !== "deg";
  return (
    <>
      <div className={classes.row}>
        {mark !== undefined && (
          <MarkChip mark={mark} onRemove={() => drawing.removed(mark.id)}>
            {value === ""
              ? mark.view === null
                ? "…"
                : KIND_WORDS[mark.geometry.kind]
              : shown(value, item)}
          </MarkChip>
        )}
        {mark === undefined && value !== "" && <span>{shown(value, item)}</span>}
        {mark === undefined && (
          <DrawButton id={id} labelId={labelId} describedBy={describedBy} kinds={item.tools}>
            {value === "" ? "Measure" : "Measure instead"}
          </DrawButton>
        )}
        <button type="button" className={classes.plain} onClick={() => setTyping(true)}>
          {reason === undefined ? "Type it instead" : "Change"}
        </button>
      </div>
      {unscaled && value === "" && <p className={classes.said}>{NO_SCALE}</p>}
      {reason !== undefined && <p className={classes.said}>Typed, not measured: {reason}</p>}
    </>
  );
}

interface TypedSizeProps extends MeasurementProps {
  reason: string;
  onDone(): void;
}

/** A size that is typed says why it was not measured; both go together or not at all. */
function TypedSize({ item, id, labelId, value, reason, onDone }: TypedSizeProps) {
  const place = usePlace();
  const [size, setSize] = useState(value);
  const [why, setWhy] = useState(reason);
  const problem = size === "" ? null : measurementKind.unfinished(size, item);

  function keep() {
    place?.send({ ...place.address, value: size.trim(), missing: null, by_hand: why.trim() });
    onDone();
  }

  return (
    <fieldset className={classes.typed} aria-labelledby={labelId} style={{ border: 0, padding: 0 }}>
      <TextInput
        id={id}
        label="Size"
        size="xs"
        value={size}
        inputMode="decimal"
        autoComplete="off"
        error={problem}
        rightSection={<span aria-hidden>{item.unit}</span>}
        onChange={(event) => setSize(event.currentTarget.value)}
      />
      <TextInput
        label="Why it was not measured"
        size="xs"
        value={why}
        maxLength={500}
        onChange={(event) => setWhy(event.currentTarget.value)}
      />
      <Group gap="xs">
        <Button
          size="compact-xs"
          disabled={size === "" || problem !== null || why.trim() === ""}
          onClick={keep}
        >
          Keep
        </Button>
        <Button size="compact-xs" variant="subtle" onClick={onDone}>
          Cancel
        </Button>
      </Group>
    </fieldset>
  );
}

function shown(value: string, { unit }: MeasurementDefinition): string {
  return `${value} ${unit === "deg" ? "°" : unit}`;
}

export const measurementKind: ItemKind<MeasurementDefinition> = {
  kind: "measurement",
  takesAnswers: true,
  isGroup: () => true,
  draw: (props) => <MeasurementWidget {...props} />,
  show: (value, item) => shown(value, item),
  unfinished: (value) => decimalKind.unfinished(value, { unit: "" } as never),
};
