/** Single-key commands: silent while a person types, and they can be switched off (WCAG 2.1.4). */

import { useEffect, useRef } from "react";
import { create } from "zustand";

const STORED_AS = "readout.single-keys";

export const useSingleKeys = create<{ on: boolean; turn(on: boolean): void }>((set) => ({
  on: localStorage.getItem(STORED_AS) !== "off",
  turn(on) {
    localStorage.setItem(STORED_AS, on ? "on" : "off");
    set({ on });
  },
}));

export type KeyCommands = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const WIDGETS =
  "input, textarea, select, [contenteditable], [role=slider], [role=listbox], [role=menu]";
const NAMED_KEYS_ONLY = /^(Escape|F\d+)$/;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(WIDGETS) !== null;
}

/** Run the command of a pressed key. Names are `KeyboardEvent.key`, letters in lower case. */
export function useKeys(commands: KeyCommands, active = true): void {
  const current = useRef(commands);
  current.current = commands;
  const on = useSingleKeys((state) => state.on);

  useEffect(() => {
    if (!active) return;
    function listen(event: KeyboardEvent) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const command = current.current[name];
      if (command === undefined) return;
      if (name.length === 1 && !on) return;
      if (isTyping(event.target) && !NAMED_KEYS_ONLY.test(name)) return;
      if (document.querySelector("[aria-modal=true]") !== null) return;
      command(event);
    }
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [active, on]);
}
