/** A digest: short for the eye, whole for the clipboard. */

import { CopyButton, Tooltip, UnstyledButton } from "@mantine/core";
import { shortDigest } from "../words/numbers";
import classes from "./Digest.module.css";
import page from "./page.module.css";

export function Digest({ value, what }: { value: string; what: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : `Copy the ${what}`}>
          <UnstyledButton className={classes.digest} onClick={copy} title={value}>
            {shortDigest(value)}…<span className={page.hidden}> Copy the {what}</span>
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}
