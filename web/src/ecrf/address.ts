/** Where an answer stands: group, row of a repeating group, item. */

export interface Address {
  group: string;
  /** Row of a repeating group, else empty. */
  repeat: string;
  item: string;
}

/** The path by which the server names an answer: "LESION//DIAMETER", "NODULES/2/SIZE". */
export function pathOf({ group, repeat, item }: Address): string {
  return `${group}/${repeat}/${item}`;
}
