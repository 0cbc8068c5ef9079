import { describe, expect, it } from "vitest";
import type { AnnotationChange, AnnotationGeometry, AnnotationView } from "../api/types";
import { markConflicts, marksAfter, unsavedMarks } from "../reading/draft";
import { Drawing } from "./drawing";
import { marksById, numberOf, sameGeometry, standing } from "./marks";

function line(to: number, instance = "1.2"): AnnotationGeometry {
  return {
    kind: "length",
    space: "patient",
    frame_of_reference: "1.9",
    parts: [
      {
        instance,
        frame: 1,
        points: [
          [0, 0, 0],
          [to, 0, 0],
        ],
        runs: [],
      },
    ],
  };
}

function view(id: string, to = 5, revision = 1): AnnotationView {
  return {
    id,
    geometry: line(to),
    label: "",
    tracking_uid: "2.25.1",
    item: null,
    author_kind: "human",
    viewer_build: "1",
    revision,
    metrics: { length: to.toFixed(2) },
    unit: "mm",
    calibration: "patient",
    changed_at: "2026-03-01T09:00:00Z",
  };
}

function drawing() {
  const sent: AnnotationChange[] = [];
  const made = new Drawing("1.0");
  made.connect((change) => sent.push(change));
  return { made, sent, marks: () => made.store.getState().marks };
}

const SIZE = { group: "G", repeat: "", item: "SIZE" };

describe("drawing on a read", () => {
  it("the first mark of an armed item answers it, the next one nothing", () => {
    const { made, sent } = drawing();
    made.arm({ address: SIZE, label: "Size", kinds: ["length"] });

    made.drawn("a", line(5));
    made.drawn("b", line(6));

    expect(sent.map(({ item }) => item)).toEqual([SIZE, null]);
    expect(made.marksOf("G//SIZE").map(({ id }) => id)).toEqual(["a"]);
    expect(made.store.getState().armed).toBeNull();
  });

  it("a mark of another kind than the item takes answers nothing", () => {
    const { made, sent } = drawing();
    made.arm({ address: SIZE, label: "Size", kinds: ["angle"] });

    made.drawn("a", line(5));

    expect(sent[0]?.item).toBeNull();
  });

  it("what is drawn again as it stands is no change", () => {
    const { made, sent } = drawing();
    made.drawn("a", line(5));

    made.drawn("a", line(5.0000000001));

    expect(sent).toHaveLength(1);
  });

  it("changes are taken back one by one, a whole drag at once", () => {
    const { made, marks } = drawing();
    made.drawn("a", line(5));
    made.sync(marksById([view("a")]), new Map());
    made.drawn("a", line(6));
    made.drawn("a", line(7));
    made.removed("a");

    expect(made.undo()).toBe(true);
    expect(marks().get("a")?.geometry).toEqual(line(7));
    made.undo();
    expect(marks().get("a")?.geometry).toEqual(line(5));
    made.undo();
    expect(marks().size).toBe(0);
    expect(made.undo()).toBe(false);
  });

  it("nothing is removed from a read that is not open", () => {
    const { made, marks } = drawing();
    made.drawn("a", line(5));
    made.connect(null);

    made.removed("a");

    expect(marks().size).toBe(1);
  });

  it("a number is the server's, and until it has answered there is none", () => {
    const kept = standing(marksById([view("a", 43.77)]), new Map()).get("a");
    const moved = standing(marksById([view("a")]), new Map([["a", { ...change("a", 6) }]])).get(
      "a",
    );

    expect(kept && numberOf(kept)).toBe("43.77 mm");
    expect(moved && numberOf(moved)).toBe("…");
  });

  it("an ellipse is the same from whichever end its axes are named", () => {
    const axes = [
      [0, 0, 0],
      [4, 0, 0],
      [2, 1, 0],
      [2, -1, 0],
    ];
    const turned = [axes[2], axes[3], axes[1], axes[0]] as number[][];
    const ellipse = (points: number[][]): AnnotationGeometry => ({
      ...line(1),
      kind: "ellipse",
      parts: [{ instance: "1.2", frame: 1, points, runs: [] }],
    });

    expect(sameGeometry(ellipse(axes), ellipse(turned))).toBe(true);
  });
});

function change(id: string, to: number): AnnotationChange {
  return { id, geometry: line(to), label: "", tracking_uid: "", item: null, viewer_build: "1" };
}

describe("marks of a draft that moved on elsewhere", () => {
  it("a mark changed on both sides is shown, a new one of one's own is not", () => {
    const before = marksById([view("a", 5, 1)]);
    const theirs = marksById([view("a", 9, 2)]);
    const pending = new Map([
      ["a", change("a", 6)],
      ["b", change("b", 3)],
    ]);

    const found = markConflicts(unsavedMarks(pending, theirs), before, theirs);

    expect(found.map(({ path }) => path)).toEqual(["mark/a"]);
    expect(found[0]?.theirs?.value).toContain("9.00 mm");
  });

  it("a save whose answer was lost has nothing left to send", () => {
    const stored = marksById([view("a", 6, 1)]);

    expect(unsavedMarks(new Map([["a", change("a", 6)]]), stored).size).toBe(0);
  });

  it("after a save a removed mark is gone and a changed one is the server's", () => {
    const sent = new Map<string, AnnotationChange>([
      ["a", { id: "a", label: "", tracking_uid: "", viewer_build: "" }],
    ]);

    const after = marksAfter(marksById([view("a"), view("b")]), sent, [view("c")]);

    expect([...after.keys()]).toEqual(["b", "c"]);
  });
});
