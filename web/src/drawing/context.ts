/** The read's drawing, for whatever of the page draws or shows marks. */

import { createContext, useContext } from "react";
import { useStore } from "zustand";
import type { DraftChange } from "../api/types";
import type { Address } from "../ecrf/address";
import { Drawing, type DrawingState } from "./drawing";

export const DrawingContext = createContext<Drawing | null>(null);

/** Where an item stands in the form, and how more than a value is said of it. */
export interface Place {
  address: Address;
  label: string;
  send(change: DraftChange): void;
}

export const PlaceContext = createContext<Place | null>(null);

export function usePlace(): Place | null {
  return useContext(PlaceContext);
}

const NOTHING = new Drawing("");

/** The drawing of the read on the screen; outside a read one that nobody draws on. */
export function useDrawing(): Drawing {
  return useContext(DrawingContext) ?? NOTHING;
}

export function useDrawingState<T>(select: (state: DrawingState) => T): T {
  return useStore(useDrawing().store, select);
}
