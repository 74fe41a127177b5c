import { createNameBuilder } from "./build-names.ts";
import { createTextBuilder } from "./build-texts.ts";
import type { IndexData, ItemData } from "./index-data.ts";
import { pack } from "./postings.ts";
import type { SearchItem } from "./search-item.ts";
import { packSorted, packStrings } from "./string-table.ts";

/** Builds an index from items that come one after the other. */
export interface IndexBuilder {
  add(item: SearchItem): void;
  finish(): IndexData;
}

/** Creates an empty builder. Adding takes time in proportion to the item, finishing in proportion to all. */
export function createIndexBuilder(): IndexBuilder {
  const names = createNameBuilder();
  const texts = createTextBuilder();
  const ids: string[] = [];
  const kinds: string[] = [];
  const kind: number[] = [];
  const popularity: number[] = [];
  const sections = new Map<string, number[]>();
  return {
    add(item) {
      const number = ids.push(item.id) - 1;
      kind.push(numberOf(kinds, item.kind));
      popularity.push(item.popularity ?? 0);
      names.add(item, number);
      texts.add(item.text, number);
      if (item.parent === undefined) return;
      const own = sections.get(item.parent);
      if (own === undefined) sections.set(item.parent, [number]);
      else own.push(number);
    },
    finish() {
      const parents = [...sections.keys()].toSorted();
      const items: ItemData = {
        ids: packStrings(ids),
        kind: Uint8Array.from(kind),
        kinds,
        popularity: Float32Array.from(popularity),
        parents: packSorted(parents),
        sections: pack(parents.map((parent) => sections.get(parent) ?? [])),
      };
      return { items, names: names.finish(), texts: texts.finish() };
    },
  };
}

/** More kinds than this share the last number; nobody has as many. */
const maxKinds = 255;

function numberOf(kinds: string[], kind: string): number {
  const known = kinds.indexOf(kind);
  if (known >= 0) return known;
  return kinds.length < maxKinds ? kinds.push(kind) - 1 : maxKinds - 1;
}
