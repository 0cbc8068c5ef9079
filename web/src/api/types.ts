/** The nouns of the wire by their short names; the generated file is imported here and nowhere else. */

import type { components } from "./schema.gen";

export type Schemas = components["schemas"];

export type Session = Schemas["SessionView"];
export type Enrolled = Schemas["Enrolled"];
export type AccountSecurity = Schemas["AccountSecurity"];
export type Person = Schemas["PersonView"];
export type Project = Schemas["ProjectView"];
export type Subject = Schemas["SubjectView"];
export type Study = Schemas["StudyView"];
export type Series = Schemas["SeriesView"];
export type Task = Schemas["TaskView"];
export type OverseenTask = Schemas["OverseenTaskView"];
export type TaskState = Task["state"];
export type TaskDetail = Schemas["TaskDetail"];
export type TaskStudy = Schemas["TaskStudy"];
export type Answer = Schemas["Answer"];
export type DraftChange = Schemas["DraftChange"];
export type CheckReasonChange = Schemas["CheckReasonChange"];
export type DraftConflict = Schemas["DraftConflictView"];
export type ItemExplained = Schemas["ItemExplainedView"];
export type DraftSaved = Schemas["DraftSaved"];
export type Evaluation = Schemas["EvaluationView"];
export type Check = Schemas["CheckView"];
export type Missing = NonNullable<Answer["missing"]>;
export type Read = Schemas["ReadView"];
export type Signature = Schemas["SignatureView"];
export type Meaning = Schemas["SignGrantRequest"]["meaning"];
export type Table = Schemas["TableView"];
export type TableVersion = Schemas["TableVersionView"];
export type RowsPage = Schemas["RowsPage"];
export type Column = Schemas["ColumnView"];
export type LedgerEntry = Schemas["LedgerEntryView"];
export type LedgerPage = Schemas["LedgerPage"];
export type Verification = Schemas["VerificationReport"];
export type LockDetail = Schemas["LockDetail"];
export type Lock = Schemas["LockView"];
export type Build = Schemas["Build"];
export type AnnotationView = Schemas["AnnotationView"];
export type AnnotationChange = Schemas["AnnotationChange"];
export type AnnotationGeometry = AnnotationView["geometry"];
export type AnnotationKind = AnnotationGeometry["kind"];
export type ByHand = Schemas["ByHandView"];
export type Resolution = Schemas["ResolutionView"];
export type ResolutionNew = Schemas["ResolutionNew"];
