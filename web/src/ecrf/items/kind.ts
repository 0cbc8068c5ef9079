/** What the form knows of one kind of item; each kind is one object that says all of it. */

import type { ReactNode } from "react";
import type { ItemDefinition } from "../definition";

export interface ItemProps<D extends ItemDefinition = ItemDefinition> {
  item: D;
  /** The id of the input or of the group of inputs; the label points at it. */
  id: string;
  labelId: string;
  describedBy: string | undefined;
  /** As typed so far; empty means no answer. */
  value: string;
  invalid: boolean;
  disabled: boolean;
  /** Whether an answer is needed now: by the form, or by a rule of it. */
  required: boolean;
  onChange(value: string): void;
}

export interface ItemKind<D extends ItemDefinition = ItemDefinition> {
  kind: D["kind"];
  /** False for words of the form itself. */
  takesAnswers: boolean;
  /** True where the label names a group of choices instead of one input. */
  isGroup(item: D): boolean;
  draw(props: ItemProps<D>): ReactNode;
  /** The value in words, for a signed or submitted read. */
  show(value: string, item: D): string;
  /** Why what is typed so far cannot be sent at all; whether it is right, the server says. */
  unfinished(value: string, item: D): string | null;
}

export function finished(): null {
  return null;
}
