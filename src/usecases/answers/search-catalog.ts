import { displayName } from "../../catalog/model.ts";
import type { Snapshot } from "../catalog/snapshot.ts";
import { rounded } from "./answer-frame.ts";
import { entityKinds } from "./resolve-subject.ts";

/** One thing found: an entity by `ref`, or a document by `doc`, `path#anchor`. */
export type SearchResult = { title: string; score: number } & ({ ref: string } | { doc: string });

/** Ranked entities and documents for some words; `kind` limits it to one kind, `document` to documents. */
export function searchCatalog(
  snapshot: Snapshot,
  words: string,
  options: { kind?: string; limit?: number } = {},
): SearchResult[] {
  const kind = options.kind?.toLowerCase();
  const kinds =
    kind === undefined ? [...entityKinds, "section"] : [kind === "document" ? "section" : kind];
  const hits = snapshot.index.search({ text: words, kinds, limit: options.limit ?? 10 });
  return hits.flatMap((hit): SearchResult[] => {
    const score = rounded(hit.score);
    const entity = snapshot.catalog.entities.get(hit.id);
    if (entity !== undefined) return [{ ref: hit.id, title: displayName(entity), score }];
    const found = snapshot.library.section(hit.id);
    return found === undefined ? [] : [{ doc: hit.id, title: found.document.title, score }];
  });
}
