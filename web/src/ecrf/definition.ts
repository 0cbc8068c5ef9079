/** A form as it is drawn: the wire's own types under the names the form code uses. */

import type { Schemas } from "../api/types";

export type FormDefinition = Schemas["FormDefinition"];
export type GroupDefinition = Schemas["Group"];
export type ItemDefinition = GroupDefinition["items"][number];

export type TextDefinition = Schemas["TextItem"];
export type IntegerDefinition = Schemas["IntegerItem"];
export type DecimalDefinition = Schemas["DecimalItem"];
export type BooleanDefinition = Schemas["BooleanItem"];
export type ChoiceDefinition = Schemas["ChoiceItem"];
export type ScaleDefinition = Schemas["ScaleItem"];
export type NoteDefinition = Schemas["NoteItem"];

export type Choice = Pick<Schemas["Choice"], "code" | "label">;
