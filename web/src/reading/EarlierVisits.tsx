/** The reader's own lesions at the visits read so far, their sums, and computed beside stated. */

import { useQuery } from "@tanstack/react-query";
import { responsesQuery } from "../api/queries";
import type { SeatResponses, TaskDetail, VisitResponse } from "../api/types";
import { sizeOf } from "../ecrf/lesions";
import classes from "./EarlierVisits.module.css";

export function EarlierVisits({ task }: { task: TaskDetail }) {
  const wanted = Boolean(task.form?.criteria);
  const found = useQuery({ ...responsesQuery(task.id, task.state), enabled: wanted }).data;
  if (!found || found.visits.length === 0) return null;
  return (
    <details className={classes.panel} open>
      <summary>Your earlier visits</summary>
      <Course seat={found} />
    </details>
  );
}

function Course({ seat }: { seat: SeatResponses }) {
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">mm</th>
          {seat.visits.map((visit) => (
            <th key={visit.read} scope="col">
              {visit.visit_code}
              {visit.task_state === "stale" && " (stale)"}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {seat.lesions.map((lesion) => (
          <tr key={lesion.number}>
            <th scope="row">
              {lesion.number} {lesion.organ.replaceAll("_", " ")}
            </th>
            {seat.visits.map((visit) => (
              <td key={visit.read}>{sizeOf(lesion.findings, visit.visit_code)}</td>
            ))}
          </tr>
        ))}
        {ROWS.map(([label, value]) => (
          <tr key={label} className={classes.sum}>
            <th scope="row">{label}</th>
            {seat.visits.map((visit) => (
              <td key={visit.read}>{value(visit)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const ROWS: readonly (readonly [string, (visit: VisitResponse) => string])[] = [
  ["Sum", (visit) => visit.measures.sum_mm ?? visit.measures.sum_mm2 ?? ""],
  ["From baseline", (visit) => percent(visit, "change_from_baseline_percent")],
  ["From nadir", (visit) => percent(visit, "change_from_nadir_percent")],
  ["Computed", (visit) => visit.computed ?? ""],
  ["Stated", (visit) => visit.stated ?? ""],
];

function percent(visit: VisitResponse, name: string): string {
  return visit.computed === null ? "" : (visit.shown[name] ?? "");
}
