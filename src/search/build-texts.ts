import { splitWords } from "../base/words.ts";
import { stopWords } from "./common-words.ts";
import type { TextData } from "./index-data.ts";
import { createNumberList } from "./postings.ts";
import { stemOf } from "./stem.ts";
import { packSorted } from "./string-table.ts";

/** Longer texts are indexed by their beginning. */
const maxTextLength = 20_000;
const maxTextWords = 1_500;

/** lunr's defaults for BM25: how soon repetition stops to count, and how much length does. */
const k1 = 1.2;
const b = 0.75;

/** Collects texts, one item after the other, and then builds the postings with BM25 weights as lunr computes them. */
export interface TextBuilder {
  add(text: string, number: number): void;
  finish(): TextData;
}

/** Creates an empty builder. */
export function createTextBuilder(): TextBuilder {
  const stems: string[] = [];
  const stemIds = new Map<string, number>();
  const wordIds = new Map<string, number>();
  // three numbers for each stem of each text
  const postings = {
    stem: createNumberList(),
    item: createNumberList(),
    count: createNumberList(),
  };
  const lengths = new Map<number, number>();

  function idOf(word: string): number {
    const known = wordIds.get(word);
    if (known !== undefined) return known;
    const stem = stopWords.has(word) ? "" : stemOf(word);
    const id = stem === "" ? -1 : (stemIds.get(stem) ?? stems.push(stem) - 1);
    if (id >= 0) stemIds.set(stem, id);
    wordIds.set(word, id);
    return id;
  }

  return {
    add(text, number) {
      if (text === "") return;
      const counts = new Map<number, number>();
      let length = 0;
      for (const word of splitWords(text, maxTextWords, maxTextLength)) {
        const id = idOf(word);
        if (id < 0) continue;
        counts.set(id, (counts.get(id) ?? 0) + 1);
        length += 1;
      }
      lengths.set(number, length);
      for (const [id, count] of counts) {
        postings.stem.push(id);
        postings.item.push(number);
        postings.count.push(count);
      }
    },
    finish: () =>
      buildTexts(stems, lengths, {
        stem: postings.stem.toArray(),
        item: postings.item.toArray(),
        count: postings.count.toArray(),
      }),
  };
}

function buildTexts(
  stems: readonly string[],
  lengths: ReadonlyMap<number, number>,
  raw: { stem: Uint32Array; item: Uint32Array; count: Uint32Array },
): TextData {
  const order = stems
    .map((stem, id) => ({ stem, id }))
    .toSorted((x, y) => (x.stem < y.stem ? -1 : 1));
  const placeOf = new Uint32Array(stems.length);
  order.forEach(({ id }, place) => {
    placeOf[id] = place;
  });
  const offsets = new Uint32Array(stems.length + 1);
  for (const id of raw.stem) {
    const place = (placeOf[id] ?? 0) + 1;
    offsets[place] = (offsets[place] ?? 0) + 1;
  }
  for (let at = 0; at < stems.length; at += 1)
    offsets[at + 1] = (offsets[at + 1] ?? 0) + (offsets[at] ?? 0);
  const weighing = weigher(lengths, offsets);
  const next = offsets.slice();
  const values = new Uint32Array(raw.stem.length);
  const weight = new Float32Array(raw.stem.length);
  raw.stem.forEach((id, at) => {
    const stem = placeOf[id] ?? 0;
    const place = next[stem] ?? 0;
    next[stem] = place + 1;
    values[place] = raw.item[at] ?? 0;
    weight[place] = weighing(stem, raw.item[at] ?? 0, raw.count[at] ?? 0);
  });
  return {
    stems: packSorted(order.map(({ stem }) => stem)),
    byStem: { offsets, values },
    weight,
    count: lengths.size,
  };
}

/** The weight of a stem in a text, by the formula of lunr's builder. */
function weigher(
  lengths: ReadonlyMap<number, number>,
  offsets: Uint32Array,
): (stem: number, item: number, count: number) => number {
  let sum = 0;
  for (const length of lengths.values()) sum += length;
  const average = lengths.size === 0 ? 1 : sum / lengths.size;
  return (stem, item, count) => {
    const texts = (offsets[stem + 1] ?? 0) - (offsets[stem] ?? 0);
    const idf = idfOf(texts, lengths.size);
    const norm = 1 - b + b * ((lengths.get(item) ?? 0) / average);
    return (idf * ((k1 + 1) * count)) / (k1 * norm + count);
  };
}

/** How telling a stem is that this many of all texts hold, as lunr computes it. */
export function idfOf(texts: number, total: number): number {
  return Math.log(1 + Math.abs((total - texts + 0.5) / (texts + 0.5)));
}
