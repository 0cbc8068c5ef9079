/** What the server says of an item: refusals, checks, and the reader's reason to a warning. */

import { TextInput } from "@mantine/core";
import { useId, useState } from "react";
import type { Check } from "../api/types";
import { Warning } from "../parts/icons";
import { useFormActions } from "./actions";
import classes from "./FormView.module.css";

interface CheckMessagesProps {
  id: string;
  checks: readonly Check[];
  own: string | null;
}

export function CheckMessages({ id, checks, own }: CheckMessagesProps) {
  if (own === null && checks.length === 0) return null;
  return (
    <div id={id || undefined}>
      {own !== null && (
        <p className={classes.message} data-severity="block">
          <Warning size={14} aria-hidden />
          {own}
        </p>
      )}
      {checks.map((check) => (
        <CheckMessage key={`${check.check}/${check.message}`} check={check} />
      ))}
    </div>
  );
}

function CheckMessage({ check }: { check: Check }) {
  const { say } = useFormActions();
  return (
    <>
      <p className={classes.message} data-severity={check.severity}>
        <Warning size={14} aria-hidden />
        {check.message}
        {check.severity === "query" && " A query goes to the site when this is submitted."}
      </p>
      {check.severity === "warn" &&
        check.check !== "" &&
        (say === null ? (
          <p className={classes.said}>
            {check.reason ? `Reason: ${check.reason}` : "No reason given"}
          </p>
        ) : (
          <ReasonBox
            check={check}
            onSay={(text) => say({ check: check.check, repeat: check.repeat, text })}
          />
        ))}
    </>
  );
}

function ReasonBox({ check, onSay }: { check: Check; onSay(text: string): void }) {
  const id = useId();
  const stored = check.reason ?? "";
  const [text, setText] = useState(stored);
  return (
    <TextInput
      id={id}
      mt={4}
      size="xs"
      label="Reason, needed to submit"
      value={text}
      maxLength={2000}
      aria-required
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => text.trim() !== stored && onSay(text)}
      onKeyDown={(event) => event.key === "Enter" && text.trim() !== stored && onSay(text)}
    />
  );
}
