/** Single sign-on: whether it is offered, and the way to the identity provider's page. */

import { queryOptions } from "@tanstack/react-query";
import { ask, client } from "../api/client";

export const singleSignOnQuery = queryOptions({
  queryKey: ["single-sign-on"],
  queryFn: ({ signal }) => ask(client.GET("/api/single-sign-on", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

/** Leave for the provider's page; the browser comes back to `next` when it was right. */
export async function goToProvider(next: string, invitation_token?: string): Promise<void> {
  const body = { next, ...(invitation_token === undefined ? {} : { invitation_token }) };
  const { address } = await ask(client.POST("/api/single-sign-on/sign-in", { body }));
  window.location.assign(address);
}

export async function goToLink(): Promise<void> {
  const body = { errand: "link", digest: "", next: "/account" } as const;
  const { address } = await ask(client.POST("/api/single-sign-on/errands", { body }));
  window.location.assign(address);
}

/** Why a way back from the provider ended at the sign-in page, in words. */
export function refusedWords(slug: string): string {
  return slug === "provider_unavailable"
    ? "The identity provider does not answer at the moment."
    : "Single sign-on did not let you in. If you were invited, accept the invitation first.";
}
