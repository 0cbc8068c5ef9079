/** The question behind the account page, and words for what it answers. */

import { queryOptions } from "@tanstack/react-query";
import { ask, client } from "../api/client";

export const securityQuery = queryOptions({
  queryKey: ["account", "security"],
  queryFn: ({ signal }) => ask(client.GET("/api/account/security", { signal })),
});

const FACTORS: Record<string, string> = {
  authenticator: "passphrase and code",
  passkey: "passkey",
  recovery_code: "passphrase and recovery code",
  single_sign_on: "single sign-on",
};

export function proofWords(factor: string | null): string {
  return factor === null ? "passphrase" : (FACTORS[factor] ?? factor);
}

const BROWSERS: readonly [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/Firefox\//, "Firefox"],
  [/Chrom(e|ium)\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

/** A browser by the names people know; what nobody knows is shown as it called itself. */
export function browserWords(agent: string): string {
  const named = (table: readonly [RegExp, string][]) =>
    table.find(([sign]) => sign.test(agent))?.[1];
  const [browser, system] = [named(BROWSERS), named(SYSTEMS)];
  if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`;
  return agent === "" ? "An unnamed program" : (agent.split(" ")[0] ?? agent);
}

const EVENTS: Record<string, string> = {
  signed_in: "Signed in",
  signed_out: "Signed out",
  sign_in_failed: "A try to sign in failed",
  tries_throttled: "Too many wrong tries: further ones have to wait",
  stepped_up: "Confirmed with fresh proof",
  step_up_refused: "A change was refused for want of fresh proof",
  session_ended: "A login session was ended",
  password_changed: "Passphrase changed",
  password_reset: "Account reset by an administrator",
  password_set: "Passphrase set after a reset",
  person_activated: "Invitation accepted",
  authenticator_added: "Authenticator app added",
  authenticator_removed: "Authenticator app removed",
  passkey_added: "Passkey added",
  passkey_removed: "Passkey removed",
  recovery_codes_made: "New recovery codes made",
  recovery_code_used: "A recovery code was used",
  second_factors_forgotten: "Second factors removed by an administrator",
  single_sign_on_linked: "Single sign-on linked",
  single_sign_on_unlinked: "Single sign-on unlinked",
  device_forgotten: "A device was forgotten",
  signing_enrolled: "Identity verified: signing is open again",
  signature_failed: "A signature was refused",
};

export function eventWords(action: string): string {
  return EVENTS[action] ?? action.replaceAll("_", " ");
}

const WORRYING = new Set([
  "sign_in_failed",
  "tries_throttled",
  "step_up_refused",
  "password_reset",
  "recovery_code_used",
  "second_factors_forgotten",
  "signature_failed",
]);

export function isWorrying(action: string): boolean {
  return WORRYING.has(action);
}
