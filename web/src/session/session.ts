/** Who is signed in: the query that answers it, and what happens when the login session ends. */

import { type QueryClient, queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { create } from "zustand";
import { ask, client, holdCsrfToken } from "../api/client";
import { isSessionLost } from "../api/problem";
import type { Session } from "../api/types";

/** The login session, or null when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      const session = await ask(client.GET("/api/session", { signal }));
      holdCsrfToken(session.csrf_token);
      return session;
    } catch (error) {
      if (isSessionLost(error)) return null;
      throw error;
    }
  },
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

/** The signed-in person; only for pages that the router shows to a signed-in person. */
export function usePerson() {
  return useSession().person;
}

/** The login session itself, with what its second step can be; for signed-in pages alone. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery);
  if (data === null) throw new Error("This page was shown although nobody is signed in.");
  return data;
}

/** True while the login session has ended under an open page, which stays until it is renewed. */
export const useSessionEnded = create<{ ended: boolean }>(() => ({ ended: false }));

export function reportSessionEnded(): void {
  useSessionEnded.setState({ ended: true });
}

export async function signIn(login: string, password: string): Promise<Session> {
  const session = await ask(client.POST("/api/session", { body: { login, password } }));
  holdCsrfToken(session.csrf_token);
  return session;
}

/** End the login session and forget everything that was loaded with it. */
export async function signOut(queries: QueryClient): Promise<void> {
  try {
    await ask(client.DELETE("/api/session"));
  } catch (error) {
    if (!isSessionLost(error)) throw error;
  }
  forget(queries);
}

export function forget(queries: QueryClient): void {
  holdCsrfToken(null);
  queries.clear();
  useSessionEnded.setState({ ended: false });
}
