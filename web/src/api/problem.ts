/** How a call can fail: the server refused it, or it could not be reached at all. */

import type { components } from "./schema.gen";

type ProblemDocument = components["schemas"]["Problem"];

/** What is wrong with one part of what was sent; `where` is an answer's path or a field. */
export interface Fault {
  where: string;
  message: string;
}

/** The server understood and said no; `type` is the stable slug of the problem document. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly status: number,
    readonly type: string,
    readonly title: string,
    readonly detail: string,
    readonly requestId: string | null = null,
    readonly faults: readonly Fault[] = [],
  ) {
    super(detail);
  }
}

/** No answer came, or one that is not the api's: the network, a proxy or a stopped server. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Slugs of a 401 that is about a passphrase typed now, not about the login session. */
const PASSPHRASE_REFUSALS = new Set([
  "sign_in_failed",
  "reauth_required",
  "reauth_failed",
  "step_up_required",
]);

export function isSessionLost(error: unknown): boolean {
  return error instanceof Refusal && error.status === 401 && !PASSPHRASE_REFUSALS.has(error.type);
}

export function isUnreachable(error: unknown): boolean {
  return error instanceof Unreachable;
}

function isProblem(body: unknown): body is ProblemDocument {
  return typeof body === "object" && body !== null && "type" in body && "detail" in body;
}

function faultsOf(body: ProblemDocument): readonly Fault[] {
  const { errors } = body as { errors?: unknown };
  return Array.isArray(errors) ? (errors as Fault[]) : [];
}

/** Turn an error answer into the exception that callers handle. */
export function problemOf(response: Response, body: unknown): Refusal | Unreachable {
  if (isProblem(body) && response.status < 500) {
    const { type, title, detail, request_id } = body;
    return new Refusal(response.status, type, title, detail, request_id, faultsOf(body));
  }
  const said = isProblem(body) ? ` ${body.detail}` : "";
  return new Unreachable(`The server answered ${response.status}.${said}`);
}

/** One sentence for a person, whatever was thrown. */
export function sentence(error: unknown): string {
  if (error instanceof Refusal) return error.detail;
  if (error instanceof Unreachable) return `The platform could not be reached. ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
