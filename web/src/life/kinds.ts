/** What can be put forward in each state of a project, in words, and what each kind needs. */

import type { Resolution } from "../api/types";

export type Kind = Resolution["kind"];
export type Field = "name" | "manifest" | "object" | "basis";

export interface Offer {
  kind: Kind;
  label: string;
  about: string;
  states: readonly string[];
  fields: readonly Field[];
  /** What the id names, where one is needed. */
  object?: string;
  /** Why it is done, where there is a choice of grounds. */
  bases?: readonly { value: string; label: string }[];
}

const KEPT = ["open", "frozen", "locked", "archived"] as const;

export const OFFERS: readonly Offer[] = [
  {
    kind: "freeze",
    label: "Freeze the project",
    about: "Nothing changes until the freeze is lifted. One signature.",
    states: ["open"],
    fields: [],
  },
  {
    kind: "thaw",
    label: "Lift the freeze",
    about: "The project may change again. One signature.",
    states: ["frozen"],
    fields: [],
  },
  {
    kind: "allow_amendment",
    label: "Allow one amendment",
    about: "One task may be amended, once, although its records are frozen. Two signatures.",
    states: ["frozen"],
    fields: ["object"],
    object: "Id of the task",
  },
  {
    kind: "lock",
    label: "Final lock",
    about: "The data are final. The data manager and the sponsor both sign.",
    states: ["frozen"],
    fields: ["name"],
  },
  {
    kind: "unlock",
    label: "Unlock the project",
    about: "The project is opened again; its locks stay. Two people sign.",
    states: ["locked"],
    fields: [],
  },
  {
    kind: "archive",
    label: "Archive the project",
    about: "A complete archive was verified elsewhere. One signature.",
    states: ["locked"],
    fields: ["manifest"],
  },
  {
    kind: "hold",
    label: "Place a hold",
    about: "Nothing is destroyed while the hold stands. One signature.",
    states: KEPT,
    fields: [],
  },
  {
    kind: "release_hold",
    label: "Release a hold",
    about: "The ground of the hold is gone. One signature.",
    states: KEPT,
    fields: ["object"],
    object: "Id of the hold",
  },
  {
    kind: "erase_subject",
    label: "Erase a subject",
    about: "All data of one subject are destroyed, and the locks that name it. Two people sign.",
    states: KEPT,
    fields: ["object", "basis"],
    object: "Id of the subject",
    bases: [
      { value: "data_subject", label: "The subject asked for it" },
      { value: "wrong_patient", label: "The data are of another patient" },
    ],
  },
  {
    kind: "destroy_project",
    label: "Destroy the project",
    about: "All data of the project are destroyed. Two people sign.",
    states: KEPT,
    fields: ["basis", "manifest"],
    bases: [
      { value: "returned", label: "The data were returned to their owner" },
      { value: "retention_over", label: "The retention period is over" },
    ],
  },
];

export function offersIn(state: string): readonly Offer[] {
  return OFFERS.filter((offer) => offer.states.includes(state));
}

export function labelOf(kind: Kind): string {
  const known = OFFERS.find((offer) => offer.kind === kind);
  return known === undefined ? kind.replaceAll("_", " ") : known.label;
}
