import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DraftChange, Evaluation } from "../api/types";
import { DETAIL } from "../testing/examples";
import { HttpResponse, http, problem, server } from "../testing/server";
import { Autosave } from "./autosave";
import { draftOf, draftServer } from "./useDraft";

const DRAFT = "*/api/tasks/task-1/draft";
const EMPTY: Evaluation = {
  visible: {},
  required: [],
  proposed: {},
  computed: {},
  checks: [],
  missing_required: [],
};

interface Received {
  ifMatch: string | null;
  changes: DraftChange[];
}

/** A draft on the server: it takes a save that names its number and refuses any other. */
function serveDraft(start: number, stored: DraftChange[] = []) {
  const received: Received[] = [];
  const state = { draft: start, stored };
  server.use(
    http.patch(DRAFT, async ({ request }) => {
      const { changes } = (await request.json()) as { changes: DraftChange[] };
      const ifMatch = request.headers.get("If-Match");
      received.push({ ifMatch, changes });
      if (ifMatch !== `"${state.draft}"`)
        return problem(412, "stale_revision", "The draft moved on.");
      state.draft += 1;
      state.stored = [
        ...state.stored.filter((one) => !changes.some(({ item }) => item === one.item)),
        ...changes,
      ];
      return HttpResponse.json({ draft: state.draft, evaluation: EMPTY, answers: state.stored });
    }),
    http.get("*/api/tasks/task-1/annotations", () =>
      HttpResponse.json({ draft: 0, annotations: [], by_hand: [] }),
    ),
    http.get("*/api/tasks/task-1", () =>
      HttpResponse.json({
        ...DETAIL,
        read: {
          id: "read-1",
          revision: 0,
          draft: state.draft,
          status: "draft",
          answers: state.stored,
        },
      }),
    ),
  );
  return { received, state };
}

function change(item: string, value: string): DraftChange {
  return { group: "LESION", repeat: "", item, value, missing: null };
}

function newAutosave() {
  return new Autosave(draftServer("task-1"), draftOf(DETAIL));
}

async function settled(autosave: Autosave, kind: string) {
  await vi.waitFor(() => expect(autosave.getSnapshot().save.kind).toBe(kind));
}

describe("saving a draft while it is typed", () => {
  beforeEach(() => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("sends what was typed together after a pause, naming the draft it builds on", async () => {
    const { received } = serveDraft(3);
    const autosave = newAutosave();

    autosave.change(change("DIAMETER", "3"));
    autosave.change(change("DIAMETER", "30.1"));
    autosave.change(change("SEEN", "true"));
    expect(autosave.getSnapshot().save.kind).toBe("unsaved");
    await vi.advanceTimersByTimeAsync(2_000);
    await settled(autosave, "saved");

    expect(received).toEqual([
      { ifMatch: '"3"', changes: [change("DIAMETER", "30.1"), change("SEEN", "true")] },
    ]);
    expect(autosave.getSnapshot()).toMatchObject({ draft: 4 });
    expect(autosave.getSnapshot().pending.size).toBe(0);
  });

  it("what is typed while a save is under way is saved next, on the draft that save made", async () => {
    const { received } = serveDraft(3);
    const autosave = newAutosave();

    autosave.change(change("DIAMETER", "30"));
    const first = autosave.flush();
    autosave.change(change("DIAMETER", "31"));
    await first;
    await vi.advanceTimersByTimeAsync(2_000);
    await settled(autosave, "saved");

    expect(received.map(({ ifMatch, changes }) => [ifMatch, changes[0]?.value])).toEqual([
      ['"3"', "30"],
      ['"4"', "31"],
    ]);
  });

  it("keeps changes while the server cannot be reached, says so, and sends them when it is back", async () => {
    server.use(http.patch(DRAFT, () => HttpResponse.error()));
    const autosave = newAutosave();
    autosave.change(change("DIAMETER", "30.1"));
    expect(await autosave.flush()).toBe(false);
    expect(autosave.getSnapshot().save.kind).toBe("offline");
    expect(autosave.getSnapshot().pending.size).toBe(1);

    const { received } = serveDraft(3);
    autosave.change(change("SEEN", "true"));
    autosave.retry();
    await vi.advanceTimersByTimeAsync(100);
    await settled(autosave, "saved");

    expect(received[0]?.changes).toHaveLength(2);
  });

  it("a newer draft stops saving and shows both versions, merging nothing", async () => {
    const { received } = serveDraft(7, [change("DIAMETER", "9.9")]);
    const autosave = newAutosave();

    autosave.change(change("DIAMETER", "30.1"));
    expect(await autosave.flush()).toBe(false);
    await vi.advanceTimersByTimeAsync(60_000);

    const { save } = autosave.getSnapshot();
    expect(save).toMatchObject({
      kind: "conflict",
      items: [{ path: "LESION//DIAMETER", mine: { value: "30.1" }, theirs: { value: "9.9" } }],
    });
    expect(received).toHaveLength(1);
  });

  it("after a conflict one's own answer is sent on top of the newer draft", async () => {
    const { received, state } = serveDraft(7, [change("DIAMETER", "9.9")]);
    const autosave = newAutosave();
    autosave.change(change("DIAMETER", "30.1"));
    await autosave.flush();

    autosave.resolve(new Set(["LESION//DIAMETER"]));
    await vi.advanceTimersByTimeAsync(100);
    await settled(autosave, "saved");

    expect(received.at(-1)).toEqual({ ifMatch: '"7"', changes: [change("DIAMETER", "30.1")] });
    expect(state.stored).toEqual([change("DIAMETER", "30.1")]);
  });

  it("after a conflict the saved answer can be taken instead, and nothing is sent", async () => {
    const { received } = serveDraft(7, [change("DIAMETER", "9.9")]);
    const autosave = newAutosave();
    autosave.change(change("DIAMETER", "30.1"));
    await autosave.flush();

    autosave.resolve(new Set());

    expect(autosave.getSnapshot()).toMatchObject({ draft: 7, save: { kind: "saved" } });
    expect(autosave.getSnapshot().answers.get("LESION//DIAMETER")?.value).toBe("9.9");
    expect(received).toHaveLength(1);
  });

  it("a save whose answer was lost on the way is no conflict", async () => {
    serveDraft(4, [change("DIAMETER", "30.1")]);
    const autosave = newAutosave();

    autosave.change(change("DIAMETER", "30.1"));

    expect(await autosave.flush()).toBe(true);
    expect(autosave.getSnapshot().draft).toBe(4);
  });

  it("a refusal is shown in the server's words and not tried again by itself", async () => {
    let asked = 0;
    server.use(
      http.patch(DRAFT, () => {
        asked += 1;
        return problem(423, "project_locked", "The project is locked.");
      }),
    );
    const autosave = newAutosave();

    autosave.change(change("DIAMETER", "30.1"));
    await autosave.flush();
    await vi.advanceTimersByTimeAsync(60_000);

    expect(autosave.getSnapshot().save).toEqual({
      kind: "refused",
      message: "The project is locked.",
      faults: [],
    });
    expect(asked).toBe(1);
  });

  it("when the login session has ended the changes wait for the next sign-in", async () => {
    server.use(http.patch(DRAFT, () => problem(401, "not_signed_in", "Sign in.")));
    const autosave = newAutosave();
    autosave.change(change("DIAMETER", "30.1"));
    await autosave.flush();
    expect(autosave.getSnapshot().save.kind).toBe("signed_out");

    const { received } = serveDraft(3);
    autosave.retry();
    await vi.advanceTimersByTimeAsync(100);
    await settled(autosave, "saved");

    expect(received).toHaveLength(1);
  });
});
