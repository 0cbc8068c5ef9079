/** Items whose text cannot be sent as it stands: nothing is submitted while there is one. */

import { useState } from "react";
import type { DraftChange } from "../api/types";
import { pathOf } from "../ecrf/address";
import type { Autosave } from "./autosave";

export function useUnfinished(autosave: Autosave) {
  const [paths, setPaths] = useState<ReadonlySet<string>>(new Set());

  function change(made: DraftChange) {
    const others = new Set(paths);
    if (others.delete(pathOf(made))) setPaths(others);
    autosave.change(made);
  }

  function leave(path: string) {
    autosave.forget(path);
    setPaths(new Set(paths).add(path));
  }

  return { paths, change, leave };
}
