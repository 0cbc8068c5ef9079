/** The name with its mark: a lens and the trace of a reading. */

import classes from "./Wordmark.module.css";

export function Wordmark({ size = 20 }: { size?: number }) {
  return (
    <span className={classes.wordmark} style={{ fontSize: size }}>
      <svg viewBox="0 0 32 32" width="1.3em" height="1.3em" aria-hidden="true" focusable="false">
        <circle
          cx="16"
          cy="16"
          r="9"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          opacity=".45"
        />
        <path
          d="M2 16h8.5l2.5-5.5 6 11 2.5-5.5H30"
          fill="none"
          stroke="currentColor"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      Readout
    </span>
  );
}
