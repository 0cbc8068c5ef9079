/** Counts for reading; values of records are never formatted, they are shown as entered. */

const counts = new Intl.NumberFormat("en-GB");

export function count(n: number): string {
  return counts.format(n);
}

/** A count that the caller may not know is a dash, not a zero. */
export function knownCount(n: number | null): string {
  return n === null ? "–" : count(n);
}

/** "1 image", "54 images". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** The first characters of a digest, enough to compare by eye; the whole is in the title. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 12);
}

/** "read_signed" → "Read signed", "in_qc" → "In QC". */
export function words(slug: string): string {
  const text = slug.replaceAll("_", " ").replace(/\bqc\b/g, "QC");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
