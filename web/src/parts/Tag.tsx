/** A small word with a tone; the tone only repeats what the word says. */

import type { ReactNode } from "react";
import classes from "./Tag.module.css";

export type Tone = "neutral" | "active" | "good" | "warn" | "bad";

export function Tag({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={classes.tag} data-tone={tone}>
      <span className={classes.dot} aria-hidden />
      {children}
    </span>
  );
}
