/** Small valid answers of the api for tests. */

import type { Project, RowsPage, Session, Table, Task, TaskDetail } from "../api/types";

export const SESSION: Session = {
  person: { id: "person-1", login: "reader@example.org", printed_name: "Example Reader" },
  csrf_token: "token-1",
  expires_at: "2026-11-22T12:00:00Z",
  stage: "complete",
  second_factor: null,
  factors: [],
  stepped_up_until: null,
};

export const PROJECT: Project = {
  id: "project-1",
  code: "P-1",
  title: "A project",
  description: "",
  external_code: null,
  repository: "R",
  repository_id: "repository-1",
  row_version: 1,
  options: null,
  plan: null,
  state: "open",
  my_roles: ["Statistician"],
  my_permissions: ["view project", "view result", "export result"],
  counts: { subjects: 2, instances: 4, tasks_open: 1, tasks_mine: 0, reads_signed: 3 },
};

export const TASK: Task = {
  id: "task-1",
  project: { id: "project-1", code: "P-1", title: "A project" },
  step: { code: "READ", title: "Independent read", type: "read" },
  label: "K7QD2MXA",
  visit_label: "Baseline",
  state: "in_progress",
  waiting_for: "",
  ready_since: "2026-11-22T08:00:00Z",
  assignee_is_me: true,
  position: "1 of 2",
};

const PARTS = { help: "", unit: "" };

export const DETAIL: TaskDetail = {
  ...TASK,
  form: {
    oid: "FORM",
    version: "1.0.0",
    title: "A form",
    groups: [
      {
        oid: "LESION",
        label: "Lesion",
        repeats: false,
        items: [
          {
            ...PARTS,
            kind: "decimal",
            oid: "DIAMETER",
            label: "Diameter",
            required: true,
            unit: "mm",
          },
          { ...PARTS, kind: "boolean", oid: "SEEN", label: "Is a lesion seen?", required: true },
        ],
      },
    ],
  },
  form_digest: "f".repeat(64),
  read: { id: "read-1", revision: 0, draft: 3, status: "draft", answers: [] },
  evaluation: {
    visible: {},
    required: ["LESION//DIAMETER", "LESION//SEEN"],
    proposed: {},
    computed: {},
    checks: [],
    missing_required: ["LESION//DIAMETER", "LESION//SEEN"],
  },
  images: { dicomweb: "/api/tasks/task-1/dicomweb", studies: [] },
  next_task: null,
  conflicts: [],
  record_digest: null,
  meaning: "authorship",
  statement: "These are my own answers.",
  signature: null,
};

export const RESULTS: Table = {
  name: "results",
  layer: "gold",
  description: "One row per answered item.",
  key: ["subject", "item_oid"],
  rows: 120,
  version: 4,
  ledger_sequence: 431,
  written_at: "2026-11-22T10:00:00Z",
  columns: ["subject", "item_oid", "value_text", "project_id"].map((name) => ({
    name,
    type: "text",
    unit: "",
    meaning: `The ${name}`,
    nullable: true,
  })),
};

export function rowsPage(offset: number, limit: number, version = 4): RowsPage {
  const n = Math.max(0, Math.min(limit, RESULTS.rows - offset));
  return {
    table: "results",
    version,
    ledger_sequence: version * 100,
    columns: ["subject", "item_oid", "value_text"],
    total: RESULTS.rows,
    offset,
    limit,
    rows: Array.from({ length: n }, (_, at) => ({
      subject: `S${String(offset + at + 1).padStart(3, "0")}`,
      item_oid: "DIAMETER",
      value_text: "30.10",
    })),
  };
}
