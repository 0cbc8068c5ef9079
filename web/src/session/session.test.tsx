import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { PROJECT, SESSION } from "../testing/examples";
import { drawApp } from "../testing/page";
import { HttpResponse, http, problem, server } from "../testing/server";

const BUILD = { version: "1", build: "1", python: "3.11", demo: false };

/** A platform with one account; `demo` is what the api says of itself. */
function serve({ signedIn = false, demo = false } = {}) {
  const state = { signedIn, csrf: [] as (string | null)[], projectsRefused: false };
  server.use(
    http.get("*/api/build", () => HttpResponse.json({ ...BUILD, demo })),
    http.get("*/api/session", () =>
      state.signedIn
        ? HttpResponse.json(SESSION)
        : problem(401, "not_signed_in", "Nobody is signed in."),
    ),
    http.post("*/api/session", async ({ request }) => {
      const { password } = (await request.json()) as { password: string };
      if (password !== "right") {
        return problem(401, "sign_in_failed", "The login or the passphrase is not right.");
      }
      state.signedIn = true;
      state.projectsRefused = false;
      return HttpResponse.json(SESSION, { status: 201 });
    }),
    http.delete("*/api/session", ({ request }) => {
      state.csrf.push(request.headers.get("X-CSRF-Token"));
      state.signedIn = false;
      return new HttpResponse(null, { status: 204 });
    }),
    http.get("*/api/projects", () =>
      state.projectsRefused
        ? problem(401, "not_signed_in", "The login session has ended.")
        : HttpResponse.json([PROJECT]),
    ),
    http.get("*/api/tasks", () => HttpResponse.json([])),
  );
  return state;
}

async function typePassphrase(passphrase: string) {
  const user = userEvent.setup();
  await user.type(await screen.findByLabelText("Passphrase"), passphrase);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
}

describe("signing in and out", () => {
  it("a visitor is asked to sign in and then comes to the page that was asked for", async () => {
    serve();
    const { router } = drawApp("/tasks?show=done");
    expect(await screen.findByRole("heading", { name: "Sign in" })).toBeTruthy();

    await userEvent.type(screen.getByLabelText("Login"), "reader@example.org");
    await typePassphrase("right");

    expect(await screen.findByRole("heading", { name: "My tasks" })).toBeTruthy();
    expect(router.state.location.href).toBe("/tasks?show=done");
  });

  it("a wrong passphrase is answered in the server's words, and the field is emptied", async () => {
    serve();
    drawApp("/sign-in");

    await userEvent.type(await screen.findByLabelText("Login"), "reader@example.org");
    await typePassphrase("wrong");

    expect(await screen.findByText("The login or the passphrase is not right.")).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>("Passphrase").value).toBe("");
  });

  it("an address of another host is never followed after signing in", async () => {
    serve();
    const { router } = drawApp("/sign-in?next=%2F%2Felsewhere.example%2Fsteal");

    await userEvent.type(await screen.findByLabelText("Login"), "reader@example.org");
    await typePassphrase("right");

    expect(await screen.findByRole("heading", { name: "Projects" })).toBeTruthy();
    expect(router.state.location.pathname).toBe("/");
  });

  it("demo accounts are offered only when the api says that it is a demo", async () => {
    serve({ demo: true });
    drawApp("/sign-in");
    expect(await screen.findByText("reader1@demo.local")).toBeTruthy();
  });

  it("without a demo no account is named", async () => {
    serve();
    drawApp("/sign-in");
    expect(await screen.findByText("Build 1")).toBeTruthy();
    expect(screen.queryByText(/demo\.local/)).toBeNull();
  });

  it("signing out carries the token of the session and leaves nothing in the cache", async () => {
    const state = serve({ signedIn: true });
    const { queries } = drawApp("/");
    const user = userEvent.setup();
    await screen.findByText("A project");

    await user.click(screen.getByRole("button", { name: "Example Reader" }));
    await user.click(await screen.findByRole("menuitem", { name: "Sign out" }));

    expect(await screen.findByRole("heading", { name: "Sign in" })).toBeTruthy();
    expect(state.csrf).toEqual(["token-1"]);
    expect(queries.getQueryData(["projects"])).toBeUndefined();
  });

  it("a session that ends under a page is renewed in place", async () => {
    const state = serve({ signedIn: true });
    state.projectsRefused = true;
    drawApp("/");
    expect(await screen.findByText("Your login session has ended")).toBeTruthy();

    await typePassphrase("right");

    await waitFor(() => expect(screen.queryByText("Your login session has ended")).toBeNull());
    expect(await screen.findByText("A project")).toBeTruthy();
  });
});
