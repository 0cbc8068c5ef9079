/** The present, renewed every half minute: for "3 minutes ago", never for a record. */

import { useEffect, useState } from "react";

const BEAT_MS = 30_000;

export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const beat = setInterval(() => setNow(new Date()), BEAT_MS);
    return () => clearInterval(beat);
  }, []);
  return now;
}
