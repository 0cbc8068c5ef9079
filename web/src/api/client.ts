/** The typed client of the api: same origin, session cookie, CSRF token, problems as exceptions. */

import createClient from "openapi-fetch";
import { problemOf, Unreachable } from "./problem";
import type { paths } from "./schema.gen";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

let csrfToken: string | null = null;

/** Remember the token of the login session for every changing call; null forgets it. */
export function holdCsrfToken(token: string | null): void {
  csrfToken = token;
}

export const client = createClient<paths>({
  baseUrl: window.location.origin,
  // Looked up at each call, so that tests may stand a server in front of it.
  fetch: (request) => globalThis.fetch(request),
});

client.use({
  onRequest({ request }) {
    if (csrfToken !== null && !SAFE_METHODS.has(request.method)) {
      request.headers.set("X-CSRF-Token", csrfToken);
    }
    return request;
  },
});

interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Await a call and return what it answered, or throw `Refusal` or `Unreachable`. */
export async function ask<T>(call: Promise<Outcome<T>>): Promise<T> {
  let outcome: Outcome<T>;
  try {
    outcome = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Unreachable("No answer came: check the connection and try again.", { cause });
  }
  if (!outcome.response.ok) throw problemOf(outcome.response, outcome.error);
  return outcome.data as T;
}
