/** The api's stand-in, at the network: the real client runs against it. */

import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";

export const server = setupServer();
export { HttpResponse, http };

export function problem(status: number, type: string, detail: string) {
  return HttpResponse.json(
    { type, title: type, status, detail, instance: "/", request_id: "request-1" },
    { status, headers: { "Content-Type": "application/problem+json" } },
  );
}
