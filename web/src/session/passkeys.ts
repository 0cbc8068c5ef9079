/** Passkeys in the browser: ours to ask for, the authenticator's to answer. */

import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from "@simplewebauthn/browser";
import { ask, client, holdCsrfToken } from "../api/client";
import type { Enrolled, PasskeySignRequest, Session } from "../api/types";

type Options = Record<string, unknown>;
type Credential = Record<string, never>;

/** A passkey needs a secure page and a host that has a name. */
export function passkeysWork(): boolean {
  return browserSupportsWebAuthn() && /[a-z]/i.test(window.location.hostname);
}

export async function signInWithPasskey(): Promise<Session> {
  const { options } = await ask(client.POST("/api/session/passkey-options"));
  const credential = await answer(options);
  const session = await ask(client.POST("/api/session/passkey", { body: { credential } }));
  holdCsrfToken(session.csrf_token);
  return session;
}

export async function stepUpWithPasskey(): Promise<Session> {
  const { options } = await ask(client.POST("/api/session/step-up-options"));
  const credential = await answer(options);
  const session = await ask(client.POST("/api/session/step-up", { body: { credential } }));
  holdCsrfToken(session.csrf_token);
  return session;
}

/** What one signature is asked for: which record, under which digest, with which meaning. */
export type ToSign = PasskeySignRequest;

/** Prove anew who is there, for one signature: by the passphrase, or without one by a passkey. */
export async function grantFor(record: ToSign, password: string | null): Promise<string> {
  if (password === null) return grantByPasskey(record);
  const made = await ask(client.POST("/api/sign-grants", { body: { ...record, password } }));
  return made.grant;
}

async function grantByPasskey(record: ToSign): Promise<string> {
  const { options } = await ask(client.POST("/api/sign-grants/passkey-options", { body: record }));
  const credential = await answer(options);
  const made = await ask(client.POST("/api/sign-grants/passkey", { body: { credential } }));
  return made.grant;
}

export async function addPasskey(name: string): Promise<Enrolled> {
  const { options } = await ask(client.POST("/api/account/passkeys/options"));
  const optionsJSON = options as Options as unknown as PublicKeyCredentialCreationOptionsJSON;
  const made = await said(startRegistration({ optionsJSON }));
  const enrolled = await ask(
    client.POST("/api/account/passkeys", {
      body: { name, credential: made as unknown as Credential },
    }),
  );
  holdCsrfToken(enrolled.session.csrf_token);
  return enrolled;
}

async function answer(options: Options): Promise<Credential> {
  const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  return (await said(startAuthentication({ optionsJSON }))) as unknown as Credential;
}

/** The browser's own words are for programmers; most often the person simply closed its window. */
async function said<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    const known =
      cause instanceof WebAuthnError && cause.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED"
        ? "This device holds a passkey for your account already."
        : "No passkey was given: the window of the browser was closed, or it took too long.";
    throw new Error(known, { cause });
  }
}
