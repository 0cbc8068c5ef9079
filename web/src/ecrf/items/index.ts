/** Every kind of item a form may hold; the twin of KINDS in research/ecrf/items. */

import type { ItemDefinition } from "../definition";
import { booleanKind } from "./Boolean";
import { choiceKind } from "./Choice";
import { decimalKind } from "./Decimal";
import { integerKind } from "./Integer";
import type { ItemKind } from "./kind";
import { noteKind } from "./Note";
import { scaleKind } from "./Scale";
import { textKind } from "./Text";

export const ITEM_KINDS = [
  textKind,
  integerKind,
  decimalKind,
  booleanKind,
  choiceKind,
  scaleKind,
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
