/**
 * Many strings in two flat arrays, so that an index can be handed from thread to thread without being copied:
 * string `i` is `units[offsets[i]…offsets[i + 1]]` in UTF-16.
 */
export interface StringTable {
  units: Uint16Array;
  offsets: Uint32Array;
}

/** A sorted table in which a string is found by its hash. */
export interface LookupTable extends StringTable {
  /** Open addressing: position + 1 of the first of equal strings, 0 for a free slot. The length is a power of two. */
  slots: Uint32Array;
}

/** Packs strings in the order given. */
export function packStrings(strings: readonly string[]): StringTable {
  const offsets = new Uint32Array(strings.length + 1);
  let length = 0;
  strings.forEach((text, at) => {
    length += text.length;
    offsets[at + 1] = length;
  });
  const units = new Uint16Array(length);
  let place = 0;
  for (const text of strings)
    for (let at = 0; at < text.length; at += 1) {
      units[place] = text.charCodeAt(at);
      place += 1;
    }
  return { units, offsets };
}

/** Packs sorted strings; equal ones stand side by side. */
export function packSorted(strings: readonly string[]): LookupTable {
  let size = 4;
  while (size < strings.length * 2) size *= 2;
  const slots = new Uint32Array(size);
  let before: string | undefined;
  strings.forEach((text, at) => {
    if (text === before) return;
    before = text;
    let slot = hashOf(text) & (size - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1);
    slots[slot] = at + 1;
  });
  return { ...packStrings(strings), slots };
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  // the low bits choose the slot, and the high ones are mixed better
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** How many strings there are. */
export function countOf(table: StringTable): number {
  return table.offsets.length - 1;
}

/** The string at a position; empty beyond the end. */
export function stringAt(table: StringTable, at: number): string {
  const from = table.offsets[at] ?? 0;
  const to = table.offsets[at + 1] ?? from;
  return Reflect.apply(String.fromCharCode, undefined, table.units.subarray(from, to));
}

/** Length of the string at a position. */
export function lengthAt(table: StringTable, at: number): number {
  return (table.offsets[at + 1] ?? 0) - (table.offsets[at] ?? 0);
}

/** Below 0 when the string at a position sorts before `text`, 0 when equal, above 0 when after; by UTF-16 units. */
export function compareAt(table: StringTable, at: number, text: string): number {
  const from = table.offsets[at] ?? 0;
  const length = (table.offsets[at + 1] ?? 0) - from;
  const shorter = Math.min(length, text.length);
  for (let index = 0; index < shorter; index += 1) {
    const difference = (table.units[from + index] ?? 0) - text.charCodeAt(index);
    if (difference !== 0) return difference;
  }
  return length - text.length;
}

/** True when the string at a position begins with `text`. */
export function startsWithAt(table: StringTable, at: number, text: string): boolean {
  const from = table.offsets[at] ?? 0;
  if ((table.offsets[at + 1] ?? 0) - from < text.length) return false;
  for (let index = 0; index < text.length; index += 1)
    if (table.units[from + index] !== text.charCodeAt(index)) return false;
  return true;
}

/** In a sorted table, the first position whose string is not before `text`. */
export function lowerBound(table: StringTable, text: string): number {
  let low = 0;
  let high = countOf(table);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareAt(table, middle, text) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first position of `text`; undefined when absent. Takes the same time in a large table as in a small one. */
export function findString(table: LookupTable, text: string): number | undefined {
  const mask = table.slots.length - 1;
  let slot = hashOf(text) & mask;
  for (;;) {
    const entry = table.slots[slot] ?? 0;
    if (entry === 0) return undefined;
    if (compareAt(table, entry - 1, text) === 0) return entry - 1;
    slot = (slot + 1) & mask;
  }
}
