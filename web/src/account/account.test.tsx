import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { AccountSecurity } from "../api/types";
import { SESSION } from "../testing/examples";
import { drawApp } from "../testing/page";
import { HttpResponse, http, problem, server } from "../testing/server";
import { browserWords, eventWords } from "./security";

const SECURITY: AccountSecurity = {
  person: SESSION.person,
  has_password: true,
  password_changed_at: "2026-11-01T10:00:00Z",
  second_factor_required: false,
  authenticator: true,
  recovery_codes_left: 2,
  passkeys: [],
  passkeys_possible: true,
  sessions: [
    {
      id: "session-1",
      created_at: "2026-11-22T10:00:00Z",
      last_seen_at: "2026-11-22T10:00:00Z",
      address: "192.0.2.1",
      browser: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
      second_factor: "authenticator",
      is_current: true,
    },
  ],
  devices: [],
  events: [
    {
      sequence: 7,
      time: "2026-11-22T10:00:00Z",
      action: "sign_in_failed",
      by_me: false,
      origin: "203.0.113.7",
    },
  ],
  single_sign_on: { available: false, name: "", linked: false },
  signing_requires_enrolment: false,
  stepped_up_until: null,
};

function serve(security: Partial<AccountSecurity> = {}) {
  const state = { steppedUp: false, codesAsked: 0 };
  server.use(
    http.get("*/api/session", () =>
      HttpResponse.json({ ...SESSION, factors: ["authenticator", "recovery_code"] }),
    ),
    http.get("*/api/account/security", () => HttpResponse.json({ ...SECURITY, ...security })),
    http.get("*/api/projects", () => HttpResponse.json([])),
    http.get("*/api/tasks", () => HttpResponse.json([])),
    http.post("*/api/session/step-up", async ({ request }) => {
      const body = (await request.json()) as { password: string; code: { code: string } };
      if (body.password !== "right" || body.code.code !== "123456") {
        return problem(401, "sign_in_failed", "the code is not right, or was used before");
      }
      state.steppedUp = true;
      return HttpResponse.json({ ...SESSION, csrf_token: "token-2" });
    }),
    http.post("*/api/account/recovery-codes", () => {
      state.codesAsked += 1;
      return state.steppedUp
        ? HttpResponse.json({ codes: ["aaaaa-1", "bbbbb-2"] }, { status: 201 })
        : problem(401, "step_up_required", "this needs fresh proof that it is you");
    }),
  );
  return state;
}

describe("the account page", () => {
  it("shows what guards the account and what happened to it, in words", async () => {
    serve();
    drawApp("/account");

    expect(await screen.findByText("2 codes left")).toBeTruthy();
    expect(screen.getByText("Firefox on Linux")).toBeTruthy();
    expect(screen.getByText("A try to sign in failed")).toBeTruthy();
    expect(screen.getByText("203.0.113.7")).toBeTruthy();
  });

  it("asks for fresh proof when the server wants it, and then does what was asked", async () => {
    const state = serve();
    drawApp("/account");
    const user = userEvent.setup();

    await user.click(await screen.findByRole("button", { name: "Make new ones" }));
    const form = await screen.findByRole("form", { name: "Confirm that it is you" });
    const field = (label: string) =>
      Array.from(form.querySelectorAll("label")).find((one) => one.textContent === label)?.control;
    await user.type(field("Passphrase") as HTMLElement, "right");
    await user.type(field("Code") as HTMLElement, "123456");
    await user.click(screen.getByRole("button", { name: "Confirm" }));

    expect(await screen.findByText("aaaaa-1")).toBeTruthy();
    expect(state.codesAsked).toBe(2);
    expect(screen.queryByText("Your login session has ended")).toBeNull();
  });

  it("says that signing waits after a reset", async () => {
    serve({ signing_requires_enrolment: true });
    drawApp("/account");

    expect(await screen.findByText("You cannot sign at the moment")).toBeTruthy();
  });
});

describe("signing in with a second step", () => {
  it("asks for a code, takes a recovery code instead, and goes on where it was going", async () => {
    const half = {
      ...SESSION,
      stage: "second_factor",
      factors: ["authenticator", "recovery_code"],
    };
    let asked: unknown = null;
    server.use(
      http.get("*/api/build", () =>
        HttpResponse.json({ version: "1", build: "1", python: "3.11", demo: false }),
      ),
      http.get("*/api/session", () => HttpResponse.json(asked === null ? half : SESSION)),
      http.post("*/api/session/second-factor", async ({ request }) => {
        asked = await request.json();
        return HttpResponse.json(SESSION);
      }),
      http.get("*/api/projects", () => HttpResponse.json([])),
      http.get("*/api/tasks", () => HttpResponse.json([])),
    );
    const { router } = drawApp("/tasks");
    const user = userEvent.setup();

    await user.click(await screen.findByRole("button", { name: "Use a recovery code instead" }));
    await user.type(screen.getByLabelText("Recovery code"), "aaaaa-1");
    await user.click(screen.getByRole("button", { name: "Continue" }));

    await waitFor(() => expect(router.state.location.pathname).toBe("/tasks"));
    expect(asked).toEqual({ kind: "recovery_code", code: "aaaaa-1" });
  });
});

describe("words", () => {
  it("names browsers and events as people do, and shows what it does not know", () => {
    expect(browserWords("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36")).toBe(
      "Chrome on Windows",
    );
    expect(browserWords("python-httpx/0.28")).toBe("python-httpx/0.28");
    expect(browserWords("")).toBe("An unnamed program");
    expect(eventWords("something_new")).toBe("something new");
  });
});
