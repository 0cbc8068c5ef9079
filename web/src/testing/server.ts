/** The api's stand-in, at the network: the real client runs against it. */

import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";

// What every page may ask before anybody has signed in.
export const server = setupServer(
  http.get("*/api/tasks/:task/revisions", () => HttpResponse.json([])),
  http.get("*/api/account/security", () => HttpResponse.json({ passkeys: [] })),
  http.get("*/api/single-sign-on", () => HttpResponse.json({ available: false, name: "" })),
);
export { HttpResponse, http };

export function problem(status: number, type: string, detail: string) {
  return HttpResponse.json(
    { type, title: type, status, detail, instance: "/", request_id: "request-1" },
    { status, headers: { "Content-Type": "application/problem+json" } },
  );
}
