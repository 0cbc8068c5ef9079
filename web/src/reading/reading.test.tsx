import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { DraftChange, TaskDetail } from "../api/types";
import { DETAIL, SESSION, TASK } from "../testing/examples";
import { drawApp } from "../testing/page";
import { HttpResponse, http, problem, server } from "../testing/server";

const DIGEST = "d".repeat(64);

/** One task on a server that keeps its draft, is submitted, reopened and signed. */
function signing(accepted: boolean) {
  const at = "2026-11-01T12:00:00Z";
  return {
    statement_version: "1",
    statement: "I am accountable.",
    statement_digest: "0".repeat(64),
    accepted_at: accepted ? at : null,
    identity: { method: "institution", verified_by: "Example Admin", verified_at: at },
  };
}

function serve(start: Partial<TaskDetail> = {}) {
  const task: TaskDetail = { ...DETAIL, ...start };
  const state = {
    task,
    draft: task.read?.draft ?? 0,
    answers: [] as DraftChange[],
    grants: [] as unknown[],
    accepted: true,
  };
  const evaluation = () => ({
    visible: {},
    computed: {},
    checks: [],
    required: ["LESION//DIAMETER", "LESION//SEEN"],
    proposed: {},
    missing_required: ["DIAMETER", "SEEN"]
      .filter((item) => !state.answers.some((answer) => answer.item === item))
      .map((item) => `LESION//${item}`),
  });
  server.use(
    http.get("*/api/session", () => HttpResponse.json(SESSION)),
    http.get("*/api/tasks", () => HttpResponse.json([{ ...TASK, state: state.task.state }])),
    http.get("*/api/tasks/task-1", () =>
      HttpResponse.json({
        ...state.task,
        evaluation: evaluation(),
        read: {
          id: "read-1",
          revision: 0,
          draft: state.draft,
          status: "draft",
          answers: state.answers,
        },
      }),
    ),
    http.get("*/api/tasks/task-1/annotations", () =>
      HttpResponse.json({ draft: state.draft, annotations: [], by_hand: [] }),
    ),
    http.patch("*/api/tasks/task-1/draft", async ({ request }) => {
      if (request.headers.get("If-Match") !== `"${state.draft}"`) {
        return problem(412, "stale_revision", "The draft moved on.");
      }
      const { changes } = (await request.json()) as { changes: DraftChange[] };
      state.answers = [
        ...state.answers.filter((one) => !changes.some(({ item }) => item === one.item)),
        ...changes,
      ];
      state.draft += 1;
      return HttpResponse.json({
        draft: state.draft,
        answers: state.answers,
        evaluation: evaluation(),
      });
    }),
    http.post("*/api/tasks/task-1/submit", () =>
      HttpResponse.json({
        record_digest: DIGEST,
        meaning: "authorship",
        statement: "These are my own answers.",
      }),
    ),
    http.get("*/api/signing", () => HttpResponse.json(signing(state.accepted))),
    http.post("*/api/signing/acceptance", () => {
      state.accepted = true;
      return HttpResponse.json(signing(true), { status: 201 });
    }),
    http.post("*/api/sign-grants", async ({ request }) => {
      const asked = (await request.json()) as { password: string };
      state.grants.push(asked);
      return asked.password === "right"
        ? HttpResponse.json({ grant: "g", expires_at: "2026-11-22T12:02:00Z" }, { status: 201 })
        : problem(401, "reauth_required", "The password is not right: nothing was signed.");
    }),
    http.post("*/api/tasks/task-1/sign", () =>
      HttpResponse.json({
        signature: {
          id: "s",
          printed_name: "Example Reader",
          signed_at: "2026-11-22T12:00:00Z",
          meaning: "authorship",
          record_digest: DIGEST,
          ledger_sequence: 431,
        },
        next_task: null,
      }),
    ),
  );
  return state;
}

const saved = () => waitFor(() => expect(screen.getByText("All changes saved")).toBeTruthy());

describe("the read page", () => {
  it("saves an answer by itself and shows what the server still misses", async () => {
    const state = serve();
    drawApp("/tasks/task-1");
    expect(await screen.findByText("2 required items open")).toBeTruthy();

    await userEvent.type(screen.getByLabelText("Diameter *"), "30.10");
    await waitFor(() => expect(state.answers[0]?.value).toBe("30.10"));
    await saved();

    expect(screen.getByText("1 required item open")).toBeTruthy();
  });

  it("an unfinished number is not sent and says what is wrong with it", async () => {
    const state = serve();
    drawApp("/tasks/task-1");

    await userEvent.type(await screen.findByLabelText("Diameter *"), "30,1");

    expect(screen.getByText("Use a point for the decimals, such as 30.1.")).toBeTruthy();
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(state.answers.some(({ value }) => value === "30,1")).toBe(false);
  });

  it("a draft that moved on elsewhere is shown beside one's own and chosen by hand", async () => {
    const state = serve();
    drawApp("/tasks/task-1");
    const diameter = await screen.findByLabelText("Diameter *");
    state.draft = 9;
    state.answers = [
      { group: "LESION", repeat: "", item: "DIAMETER", value: "9.9", missing: null },
    ];

    await userEvent.type(diameter, "30.1");
    const panel = await screen.findByRole("region", { name: "This draft was changed elsewhere" });
    expect(within(panel).getByRole<HTMLButtonElement>("button", { name: "Go on" }).disabled).toBe(
      true,
    );
    await userEvent.click(within(panel).getByLabelText("Here: 30.1 mm"));
    await userEvent.click(within(panel).getByRole("button", { name: "Go on" }));
    await saved();

    expect(state.answers[0]?.value).toBe("30.1");
  });

  it("is not submitted while a required item is open, and marks it", async () => {
    serve();
    drawApp("/tasks/task-1");

    await userEvent.click(await screen.findByRole("button", { name: "Submit and sign" }));

    expect(await screen.findAllByText("This item is required.")).toHaveLength(2);
    expect(screen.queryByText("Sign this record")).toBeNull();
  });

  it("is signed after the passphrase was asked for anew, and then shows the signature", async () => {
    const state = serve();
    const former = { printed_name: "Former Reader", signed_at: "2026-11-20T08:00:00Z" };
    server.use(
      http.get("*/api/tasks/task-1/revisions", () =>
        HttpResponse.json([
          {
            id: "read-0",
            revision: 1,
            is_in_force: false,
            signature: { ...former, meaning: "authorship" },
          },
        ]),
      ),
    );
    const user = userEvent.setup();
    drawApp("/tasks/task-1");
    await user.type(await screen.findByLabelText("Diameter *"), "30.1");
    await user.click(screen.getByLabelText("Yes"));
    await user.click(screen.getByRole("button", { name: "Submit and sign" }));

    const dialog = await screen.findByRole("dialog", { name: "Sign this record" });
    expect(await within(dialog).findByText("Example Reader")).toBeTruthy();
    expect(within(dialog).getByText("Authorship")).toBeTruthy();
    expect(within(dialog).getByTestId("record-digest").textContent).toBe(DIGEST);
    await user.type(within(dialog).getByLabelText("Passphrase"), "wrong");
    await user.click(within(dialog).getByRole("button", { name: "Sign" }));
    expect(
      await within(dialog).findByText("The password is not right: nothing was signed."),
    ).toBeTruthy();
    expect(screen.queryByText("Your login session has ended")).toBeNull();
    await user.type(within(dialog).getByLabelText("Passphrase"), "right");
    await user.click(within(dialog).getByRole("button", { name: "Sign" }));

    const signature = await screen.findByTestId("signature");
    expect(signature.textContent).toContain("Signed by Example Reader");
    expect(signature.textContent).toContain("2026-11-22 12:00:00 UTC");
    expect((await screen.findByTestId("former-signature")).textContent).toBe(
      "Revision 1: Former Reader · 2026-11-20 08:00:00 UTC · Authorship",
    );
    expect(state.grants.at(-1)).toMatchObject({
      record_id: "read-1",
      record_digest: DIGEST,
      meaning: "authorship",
    });
    expect(screen.queryByRole("button", { name: "Submit and sign" })).toBeNull();
  });

  it("shows the accountability statement once, before the first signature", async () => {
    const state = serve();
    state.accepted = false;
    const user = userEvent.setup();
    drawApp("/tasks/task-1");
    await user.type(await screen.findByLabelText("Diameter *"), "30.1");
    await user.click(screen.getByLabelText("Yes"));
    await user.click(screen.getByRole("button", { name: "Submit and sign" }));

    const dialog = await screen.findByRole("dialog", { name: "Sign this record" });
    expect(await within(dialog).findByText("I am accountable.")).toBeTruthy();
    expect(within(dialog).queryByLabelText("Passphrase")).toBeNull();
    await user.click(within(dialog).getByRole("button", { name: "I accept this statement" }));

    expect(await within(dialog).findByLabelText("Passphrase")).toBeTruthy();
  });
});
