/** Lists of numbers side by side: list `i` is `values[offsets[i]…offsets[i + 1]]`. */
export interface Postings {
  offsets: Uint32Array;
  values: Uint32Array;
}

/** The numbers in one list; not a copy. */
export function listOf(postings: Postings, list: number): Uint32Array {
  return postings.values.subarray(postings.offsets[list] ?? 0, postings.offsets[list + 1] ?? 0);
}

/** How many numbers a list holds. */
export function listLength(postings: Postings, list: number): number {
  return (postings.offsets[list + 1] ?? 0) - (postings.offsets[list] ?? 0);
}

/** Packs lists in the order given. */
export function pack(lists: readonly ArrayLike<number>[]): Postings {
  const offsets = new Uint32Array(lists.length + 1);
  let length = 0;
  lists.forEach((list, at) => {
    length += list.length;
    offsets[at + 1] = length;
  });
  const values = new Uint32Array(length);
  lists.forEach((list, at) => values.set(list, offsets[at] ?? 0));
  return { offsets, values };
}

/** For each key below `keyCount`, the numbers of the lists that hold it, ascending and each once. */
export function invert(lists: Postings, keyCount: number): Postings {
  const listCount = lists.offsets.length - 1;
  const last = new Int32Array(keyCount).fill(-1);
  const offsets = new Uint32Array(keyCount + 1);
  eachPair(lists, listCount, (list, key) => {
    if (last[key] === list) return;
    last[key] = list;
    offsets[key + 1] = (offsets[key + 1] ?? 0) + 1;
  });
  for (let key = 0; key < keyCount; key += 1)
    offsets[key + 1] = (offsets[key + 1] ?? 0) + (offsets[key] ?? 0);
  const next = offsets.slice();
  const values = new Uint32Array(offsets[keyCount] ?? 0);
  last.fill(-1);
  eachPair(lists, listCount, (list, key) => {
    if (last[key] === list) return;
    last[key] = list;
    const place = next[key] ?? 0;
    values[place] = list;
    next[key] = place + 1;
  });
  return { offsets, values };
}

function eachPair(
  lists: Postings,
  count: number,
  visit: (list: number, key: number) => void,
): void {
  for (let list = 0; list < count; list += 1) {
    const end = lists.offsets[list + 1] ?? 0;
    for (let at = lists.offsets[list] ?? 0; at < end; at += 1) visit(list, lists.values[at] ?? 0);
  }
}

/** Numbers that grow as they are added; half the memory of an array, and no boxes for a million of them. */
export function createNumberList(): {
  push(value: number): void;
  length: number;
  toArray(): Uint32Array;
} {
  let values = new Uint32Array(1024);
  let length = 0;
  return {
    push(value) {
      if (length === values.length) {
        const larger = new Uint32Array(length * 2);
        larger.set(values);
        values = larger;
      }
      values[length] = value;
      length += 1;
    },
    get length() {
      return length;
    },
    toArray: () => values.slice(0, length),
  };
}
