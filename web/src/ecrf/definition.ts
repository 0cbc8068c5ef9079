/** A form as it is drawn: the wire's own types under the names the form code uses. */

import type { Schemas } from "../api/types";

export type FormDefinition = Schemas["FormDefinition"];
export type GroupDefinition = Schemas["Group"];
export type ItemDefinition = GroupDefinition["items"][number];

export type TextDefinition = Schemas["TextItem"];
export type LongTextDefinition = Schemas["LongTextItem"];
export type DateDefinition = Schemas["DateItem"];
export type TimeDefinition = Schemas["TimeItem"];
export type DatetimeDefinition = Schemas["DateTimeItem"];
export type ChoicesDefinition = Schemas["ChoicesItem"];
export type ComputedDefinition = Schemas["ComputedItem"];
export type FileDefinition = Schemas["FileItem"];
export type AnnotationDefinition = Schemas["AnnotationItem"];
export type MeasurementDefinition = Schemas["MeasurementItem"];
export type SegmentationDefinition = Schemas["SegmentationItem"];
export type ImageLinkDefinition = Schemas["ImageLinkItem"];
export type SectionDefinition = Schemas["SectionItem"];
export type IntegerDefinition = Schemas["IntegerItem"];
export type DecimalDefinition = Schemas["DecimalItem"];
export type BooleanDefinition = Schemas["BooleanItem"];
export type ChoiceDefinition = Schemas["ChoiceItem"];
export type ScaleDefinition = Schemas["ScaleItem"];
export type NoteDefinition = Schemas["NoteItem"];

/** One choice of a list, as any item with a list has it. */
export type Choice = Pick<ChoiceDefinition["code_list"][number], "code" | "label">;
