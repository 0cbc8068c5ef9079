/** Every kind of item a form may hold; the twin of KINDS in research/ecrf/items. */

import type { ItemDefinition } from "../definition";
import { annotationKind } from "./Annotation";
import { booleanKind } from "./Boolean";
import { choiceKind } from "./Choice";
import { choicesKind } from "./Choices";
import { computedKind } from "./Computed";
import { dateKind } from "./Date";
import { datetimeKind } from "./Datetime";
import { decimalKind } from "./Decimal";
import { fileKind } from "./File";
import { imageLinkKind } from "./ImageLink";
import { integerKind } from "./Integer";
import type { ItemKind } from "./kind";
import { longTextKind } from "./LongText";
import { measurementKind } from "./Measurement";
import { noteKind } from "./Note";
import { scaleKind } from "./Scale";
import { sectionKind } from "./Section";
import { segmentationKind } from "./Segmentation";
import { textKind } from "./Text";
import { timeKind } from "./Time";

export const ITEM_KINDS = [
  textKind,
  longTextKind,
  integerKind,
  decimalKind,
  dateKind,
  timeKind,
  datetimeKind,
  booleanKind,
  choiceKind,
  choicesKind,
  scaleKind,
  computedKind,
  fileKind,
  annotationKind,
  measurementKind,
  segmentationKind,
  imageLinkKind,
  sectionKind,
  noteKind,
] as const;

/** The kind of an item. A kind the server has and this build lacks must stop the read loudly. */
export function kindOf(item: ItemDefinition): ItemKind {
  const found = ITEM_KINDS.find(({ kind }) => kind === item.kind);
  if (found === undefined) {
    throw new Error(
      `The item ${item.oid} is of the kind ${item.kind}, which this version of the page cannot draw. Reload the page.`,
    );
  }
  // Found by the discriminator of the item itself, so the two fit.
  return found as unknown as ItemKind;
}
