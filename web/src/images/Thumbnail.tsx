/** A small picture the server made, or a plain tile when there is none. */

import { useState } from "react";
import { ImageOff } from "../parts/icons";
import classes from "./Thumbnail.module.css";

export function Thumbnail({ address, what }: { address: string | null; what: string }) {
  const [failed, setFailed] = useState(false);
  if (address === null || failed) {
    return (
      <span className={classes.tile}>
        <ImageOff size={22} role="img" aria-label={`No preview of the ${what}`} />
      </span>
    );
  }
  return (
    <span className={classes.tile}>
      <img
        src={address}
        alt={`First look at the ${what}`}
        loading="lazy"
        onError={() => setFailed(true)}
      />
    </span>
  );
}
