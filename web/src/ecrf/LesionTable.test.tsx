import { MantineProvider } from "@mantine/core";
import { render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Evaluation, SeatResponses } from "../api/types";
import type { FormDefinition } from "./definition";
import { FormView } from "./FormView";
import { EarlierLesionsContext } from "./lesions";

const PARTS = { help: "", unit: "", required: false };
const figure = (oid: string, label: string, value: string, unit = "mm") =>
  ({ ...PARTS, kind: "computed", oid, label, unit, value }) as const;

const FORM = {
  oid: "RECIST",
  version: "1.0.0",
  title: "Follow-up",
  criteria: "recist-1.1",
  groups: [
    {
      oid: "TARGETS",
      label: "Target lesions",
      repeats: { kind: "lesion_table", role: "target", max: 2, carry_forward: ["organ"] },
      items: [
        { ...PARTS, kind: "text", oid: "organ", label: "Organ" },
        { ...PARTS, kind: "decimal", oid: "DIAM", label: "Diameter", unit: "mm" },
        { ...PARTS, kind: "text", oid: "parent", label: "Part of" },
      ],
    },
    {
      oid: "RESPONSE",
      label: "Response",
      repeats: false,
      items: [
        figure("SOD", "Sum", "sum(TARGETS.counted_mm)"),
        figure("CHANGE", "Change from baseline", "criteria.change_from_baseline_percent", "%"),
        figure("COMPUTED", "Computed response", "criteria.overall", ""),
        { ...PARTS, kind: "text", oid: "OVERALL", label: "Stated response" },
      ],
    },
  ],
  checks: [
    {
      oid: "DIFFERS",
      item: "OVERALL",
      when: "OVERALL != criteria.overall",
      severity: "warn",
      message: "differs from the computed response: say why",
    },
  ],
} as unknown as FormDefinition;

const EVALUATION = {
  visible: {},
  required: [],
  proposed: {},
  computed: { "RESPONSE//SOD": "64", "RESPONSE//CHANGE": "-27.3", "RESPONSE//COMPUTED": "SD" },
  checks: [
    {
      group: "RESPONSE",
      repeat: "",
      item: "OVERALL",
      severity: "warn",
      check: "DIFFERS",
      message: "differs from the computed response: say why",
      reason: null,
    },
  ],
  missing_required: [],
} as unknown as Evaluation;

const SEAT = {
  visits: [{ read: "read-0", visit_code: "BL" }],
  lesions: [
    { number: "T1", findings: [{ visit_code: "BL", status: "present", size_mm: "50" }] },
    {
      number: "T2",
      findings: [{ visit_code: "BL", status: "too_small", size_mm: null, counted_mm: "5" }],
    },
  ],
} as unknown as SeatResponses;

function draw(rows: readonly string[], readOnly = false) {
  render(
    <MantineProvider>
      <EarlierLesionsContext value={SEAT}>
        <FormView
          form={FORM}
          evaluation={EVALUATION}
          contentOf={(path) => ({
            value: path === "RESPONSE//OVERALL" ? "PR" : null,
            missing: null,
            reason: null,
          })}
          refusals={new Map()}
          repeatsOf={() => rows}
          readOnly={readOnly}
          showMissing={false}
          onChange={() => undefined}
          onUnfinished={() => undefined}
          onAddRow={() => undefined}
        />
      </EarlierLesionsContext>
    </MantineProvider>,
  );
}

describe("a lesion table", () => {
  it("has a row for each lesion, known by its number, with the sizes of the visits before", () => {
    draw(["1", "2"]);

    const first = screen.getByRole("row", { name: /^T1/ });
    expect(within(first).getByLabelText("T1 Diameter")).toBeTruthy();
    expect(within(first).getByRole("cell", { name: "50" })).toBeTruthy();
    expect(screen.getByRole("cell", { name: "5 (too small)" })).toBeTruthy();
  });

  it("shows the server's figures below itself, and nowhere a second time", () => {
    draw(["1"]);

    const table = screen.getByRole("region", { name: "Target lesions" });
    expect(within(table).getByLabelText("Sum, mm").textContent).toBe("64 mm");
    expect(within(table).getByLabelText("Change from baseline, %").textContent).toContain("-27.3");
    expect(screen.getAllByText(/^Sum/)).toHaveLength(1);
  });

  it("stands the stated response beside the computed one, with a note where they differ", () => {
    draw(["1"]);

    const pair = screen.getByLabelText("Computed response").closest("[data-beside]");
    expect(pair?.querySelector("[data-item='RESPONSE//OVERALL']")).not.toBeNull();
    expect(pair?.textContent).toContain("differs from the computed response");
  });

  it("offers no more lesions than the form takes", () => {
    draw(["1", "2"]);

    expect(screen.queryByRole("button", { name: "Add to Target lesions" })).toBeNull();
  });
});
