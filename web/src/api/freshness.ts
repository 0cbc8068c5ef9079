/** How long answers stay fresh, what is asked again, and who hears that the session has ended. */

import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isSessionLost, isUnreachable } from "./problem";

const FRESH_MS = 10_000;
const RETRIES = 2;

export function createQueries({ onSessionLost }: { onSessionLost(): void }): QueryClient {
  function listen(error: unknown) {
    if (isSessionLost(error)) onSessionLost();
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError: listen }),
    mutationCache: new MutationCache({ onError: listen }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        // A refusal stays a refusal; only a server that did not answer is asked again.
        retry: (failures, error) => isUnreachable(error) && failures < RETRIES,
      },
    },
  });
}
