/** Whether what was typed is on the server, in words. */

import { CloudCheck, CloudOff, Loader, Pencil, Warning } from "../parts/icons";
import type { SaveState } from "./autosave";
import classes from "./SaveIndicator.module.css";

const WORDS = {
  saved: { text: "All changes saved", Icon: CloudCheck },
  unsaved: { text: "Not saved yet", Icon: Pencil },
  saving: { text: "Saving …", Icon: Loader },
  offline: {
    text: "Offline: changes are kept here and sent when the connection is back",
    Icon: CloudOff,
  },
  signed_out: { text: "Sign in again to save", Icon: CloudOff },
  conflict: { text: "Saved elsewhere meanwhile: choose which answers stand", Icon: Warning },
  refused: { text: "Not saved", Icon: Warning },
} as const satisfies Record<SaveState["kind"], { text: string; Icon: unknown }>;

export function SaveIndicator({ state, onRetry }: { state: SaveState; onRetry(): void }) {
  const { text, Icon } = WORDS[state.kind];
  return (
    <div className={classes.indicator} data-save-state={state.kind} role="status">
      <Icon size={15} aria-hidden />
      <span>
        {text}
        {state.kind === "refused" && `: ${state.message}`}
      </span>
      {(state.kind === "offline" || state.kind === "refused") && (
        <button type="button" onClick={onRetry}>
          Try now
        </button>
      )}
    </div>
  );
}
