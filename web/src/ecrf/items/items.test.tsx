import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { ItemDefinition } from "../definition";
import { ITEM_KINDS, kindOf } from ".";

const PARTS = { oid: "X", label: "X", help: "", unit: "", required: false };

const EXAMPLES: Readonly<Record<ItemDefinition["kind"], ItemDefinition>> = {
  text: { ...PARTS, kind: "text", max_length: 20, multiline: false },
  integer: { ...PARTS, kind: "integer" },
  decimal: { ...PARTS, kind: "decimal", unit: "mm" },
  boolean: { ...PARTS, kind: "boolean" },
  choice: {
    ...PARTS,
    kind: "choice",
    code_list: [{ code: "L", label: "Left", standard_code: "" }],
  },
  scale: { ...PARTS, kind: "scale", min: 1, max: 5, step: 2, min_label: "low", max_label: "high" },
  long_text: { ...PARTS, kind: "long_text", max_length: 20_000 },
  date: { ...PARTS, kind: "date" },
  time: { ...PARTS, kind: "time" },
  datetime: { ...PARTS, kind: "datetime" },
  choices: {
    ...PARTS,
    kind: "choices",
    code_list: [
      { code: "L", label: "Left", standard_code: "" },
      { code: "R", label: "Right", standard_code: "" },
    ],
  },
  computed: {
    ...PARTS,
    kind: "computed",
    value: "1 + 1",
    data_type: "decimal",
    decimals: 1,
    unit: "mm",
  },
  file: { ...PARTS, kind: "file", media_types: ["application/pdf"], max_mb: 4 },
  annotation: { ...PARTS, kind: "annotation", tools: ["point"] },
  measurement: {
    ...PARTS,
    kind: "measurement",
    tools: ["length"],
    metric: "long_axis",
    unit: "mm",
  },
  segmentation: { ...PARTS, kind: "segmentation", tools: ["mask"] },
  image_link: { ...PARTS, kind: "image_link" },
  section: { ...PARTS, kind: "section", label: "Targets" },
  note: { ...PARTS, kind: "note", label: "Read this first." },
};

function draw(item: ItemDefinition, value = "") {
  const onChange = vi.fn();
  render(
    <MantineProvider env="test">
      <span id="label">X</span>
      {kindOf(item).draw({
        item,
        id: "x",
        labelId: "label",
        describedBy: undefined,
        value,
        invalid: false,
        disabled: false,
        required: false,
        onChange,
      })}
    </MantineProvider>,
  );
  return onChange;
}

describe("kinds of items", () => {
  it("every kind of the wire is drawn by one kind here", () => {
    expect(ITEM_KINDS.map(({ kind }) => kind).sort()).toEqual(Object.keys(EXAMPLES).sort());
  });

  it("a kind this build does not know stops the form and says what to do", () => {
    const item = { ...PARTS, kind: "hologram" } as unknown as ItemDefinition;

    expect(() => kindOf(item)).toThrow(/hologram.*Reload/);
  });

  it.each([
    ["integer", "12", null],
    ["integer", "-3", null],
    ["integer", "1.5", "Type a whole number, such as 12."],
    ["decimal", "30.10", null],
    ["decimal", "30,1", "Use a point for the decimals, such as 30.1."],
    ["decimal", "30.", "Type a decimal number, such as 30.1."],
    ["decimal", "1e3", "Type a decimal number, such as 30.1."],
    ["date", "2026-03-01", null],
    ["date", "2026-03", "Type a date: 2026-03-01."],
    ["time", "14:5", "Type a time, such as 14:05."],
    ["datetime", "2026-03-01 14:05", null],
  ] as const)("%s: %s is %s", (kind, typed, said) => {
    expect(kindOf(EXAMPLES[kind]).unfinished(typed, EXAMPLES[kind])).toBe(said);
  });

  it("a decimal keeps its digits as typed when it is shown", () => {
    expect(kindOf(EXAMPLES.decimal).show("30.10", EXAMPLES.decimal)).toBe("30.10 mm");
  });

  it.each([
    ["-38.0952380952", "-38.1 mm"],
    ["36.12", "36.1 mm"],
    ["0.05", "0.1 mm"],
    ["9.95", "10.0 mm"],
    ["55", "55 mm"],
  ])("a computed %s is shown as %s, rounded half up without a float", (value, words) => {
    expect(kindOf(EXAMPLES.computed).show(value, EXAMPLES.computed)).toBe(words);
  });

  it("several choices are sent in the order of the list", async () => {
    const onChange = draw(EXAMPLES.choices, "R");

    await userEvent.click(screen.getByLabelText("Left"));

    expect(onChange).toHaveBeenCalledWith("L R");
  });

  it("a scale marks nothing beforehand and offers every step", async () => {
    const onChange = draw(EXAMPLES.scale);
    const steps = screen.getAllByRole<HTMLInputElement>("radio");

    expect(steps.map(({ value }) => value)).toEqual(["1", "3", "5"]);
    expect(steps.some(({ checked }) => checked)).toBe(false);
    await userEvent.click(screen.getByLabelText("3"));
    expect(onChange).toHaveBeenCalledWith("3");
  });

  it("yes and no are answered as the server spells them", async () => {
    const onChange = draw(EXAMPLES.boolean);

    await userEvent.click(screen.getByLabelText("No"));

    expect(onChange).toHaveBeenCalledWith("false");
  });

  it("a note is text without an input", () => {
    draw(EXAMPLES.note);

    expect(screen.getByText("Read this first.")).toBeTruthy();
    expect(screen.queryByRole("textbox")).toBeNull();
  });
});
