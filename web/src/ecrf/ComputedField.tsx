/** A computed value: what the server says it is, and in words how it came about. */

import { Loader, Popover } from "@mantine/core";
import { useId, useState } from "react";
import { sentence } from "../api/problem";
import type { Check, ItemExplained } from "../api/types";
import { useFormActions } from "./actions";
import type { Address } from "./address";
import { CheckMessages } from "./CheckMessages";
import type { ItemDefinition } from "./definition";
import classes from "./FormView.module.css";
import { kindOf } from "./items";

interface ComputedFieldProps {
  item: ItemDefinition;
  address: Address;
  path: string;
  value: string | null;
  checks: readonly Check[];
}

export function ComputedField({ item, address, path, value, checks }: ComputedFieldProps) {
  const id = useId();
  return (
    <div className={classes.field} data-item={path}>
      <div className={classes.label}>
        <span id={`${id}-label`}>{item.label}</span>
        <Why label={item.label} address={address} />
      </div>
      <output className={classes.computed} aria-labelledby={`${id}-label`} aria-live="polite">
        {value === null ? (
          <span className={classes.none}>Not known yet</span>
        ) : (
          kindOf(item).show(value, item)
        )}
      </output>
      <CheckMessages id="" checks={checks} own={null} />
    </div>
  );
}

function Why({ label, address }: { label: string; address: Address }) {
  const { explain } = useFormActions();
  const [opened, setOpened] = useState(false);
  const [told, setTold] = useState<ItemExplained | string | null>(null);

  async function toggle() {
    setOpened(!opened);
    if (opened) return;
    setTold(null);
    try {
      setTold(await explain(address));
    } catch (error) {
      setTold(sentence(error));
    }
  }

  return (
    <Popover opened={opened} onChange={setOpened} width={320} position="bottom-end" withArrow>
      <Popover.Target>
        <button
          type="button"
          className={classes.reason}
          aria-label={`How? ${label}`}
          aria-expanded={opened}
          onClick={() => void toggle()}
        >
          How?
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {told === null && <Loader size="xs" aria-label="Asking the server" />}
        {typeof told === "string" && <p className={classes.told}>{told}</p>}
        {told !== null && typeof told !== "string" && (
          <dl className={classes.told}>
            {told.reasonings.map((one) => (
              <div key={`${one.about}/${one.check}/${one.expression}`}>
                <dt>{ABOUT[one.about]}</dt>
                <dd>{one.words}</dd>
              </div>
            ))}
          </dl>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

const ABOUT: Readonly<Record<ItemExplained["reasonings"][number]["about"], string>> = {
  computed: "Computed",
  visible: "Shown if",
  required: "Required if",
  default: "Proposed",
  check: "Checked",
};
