/** The title of the browser tab; it names the page, never a subject or a result. */

import { useEffect } from "react";

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Readout`;
  }, [title]);
}
