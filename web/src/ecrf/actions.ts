/** What a form asks of the page it stands on: how a value came about, and words to a warning. */

import { createContext, useContext } from "react";
import type { CheckReasonChange, ItemExplained } from "../api/types";
import type { Address } from "./address";

export interface FormActions {
  explain(address: Address): Promise<ItemExplained>;
  /** Null while nothing may be typed. */
  say: ((reason: CheckReasonChange) => void) | null;
}

const NONE: FormActions = {
  explain: () => Promise.reject(new Error("This form stands alone: nothing explains it.")),
  say: null,
};

export const FormActionsContext = createContext<FormActions>(NONE);

export const useFormActions = (): FormActions => useContext(FormActionsContext);
