import lunr from "lunr";

import type { Catalog } from "../../src/catalog/model.ts";
import { createWellKnown } from "../../src/catalog/well-known.ts";
import { plainMarkdown } from "../../src/docs/plain-markdown.ts";
import { createAnswerer } from "../../src/usecases/answers/answer-question.ts";
import { searchItemsOf } from "../../src/usecases/catalog/search-items.ts";
import { buildSnapshot } from "../../src/usecases/catalog/snapshot.ts";
import type { Document } from "../../src/usecases/documents/documents.ts";
import { loadBackstage, loadMiniSearch } from "./peers.ts";

/** What is searched. */
export interface MadeCatalog {
  catalog: Catalog;
  documents: Document[];
}

/** What an engine answers: references and document paths, best first, and whether it is sure of the first. */
export interface Found {
  ids: string[];
  isSure: boolean;
}

/** A search engine, ready to answer. */
export type Engine = (question: string, previous?: string) => Found | Promise<Found>;

/** An engine by name; building it is measured. */
export interface EngineKind {
  name: string;
  build(made: MadeCatalog): Engine | Promise<Engine>;
}

/** The documents that every other engine gets: the same names and texts as ours. */
export interface PeerDocument {
  id: string;
  title: string;
  text: string;
}

function peerDocuments(made: MadeCatalog): PeerDocument[] {
  return [...searchItemsOf(made.catalog, made.documents, createWellKnown())].map((item) => ({
    id: item.kind === "section" ? item.id.slice(0, item.id.lastIndexOf("#")) : item.id,
    title: item.names
      .filter(({ form }) => form !== "initials" && form !== "slug")
      .map(({ text }) => text)
      .join(" "),
    text: plainMarkdown(item.text),
  }));
}

function ranked(ids: readonly string[]): Found {
  return { ids: [...new Set(ids)].slice(0, 10), isSure: ids.length > 0 };
}

/** Callboard as a whole: grammar, index and answer with its evidence. */
const callboard: EngineKind = {
  name: "callboard",
  build(made) {
    const snapshot = buildSnapshot({
      version: 1,
      catalog: made.catalog,
      documents: made.documents,
      diagnostics: [],
      readAtMs: 0,
    });
    const ask = createAnswerer({ snapshot: () => snapshot });
    return (question, previous) => {
      const context =
        previous === undefined ? {} : { previous: { ref: previous, intent: "owner" as const } };
      const answer = ask(question, { nowMs: 0, ...context });
      const documents = answer.documents.map(({ path }) => path);
      const entities = answer.entities.map(({ ref }) => ref);
      const isSection = answer.card.type === "section";
      return {
        ids: [
          ...new Set(isSection ? [...documents, ...entities] : [...entities, ...documents]),
        ].slice(0, 10),
        isSure: answer.status === "answered",
      };
    };
  },
};

/** lunr as its guide shows it: all words of the question, its own pipeline, a boost for names. */
export const plainLunr: EngineKind = {
  name: "lunr",
  build(made) {
    const documents = peerDocuments(made);
    const builder = new lunr.Builder();
    builder.pipeline.add(lunr.trimmer, lunr.stopWordFilter, lunr.stemmer);
    builder.searchPipeline.add(lunr.stemmer);
    builder.ref("at");
    builder.field("title", { boost: 3 });
    builder.field("text");
    documents.forEach((document, at) => builder.add({ at: String(at), ...document }));
    const index = builder.build();
    return (question) => {
      const results = index.query((query) => {
        for (const token of lunr.tokenizer(
          question.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, " "),
        ))
          if (token.toString() !== "") query.term(token.toString(), {});
      });
      return ranked(results.slice(0, 30).map(({ ref }) => documents[Number(ref)]?.id ?? ""));
    };
  },
};

/** All engines that can be run here, ours first; those that are not installed are left out with a notice. */
export async function allEngines(notify: (text: string) => void): Promise<EngineKind[]> {
  const kinds = [callboard, plainLunr];
  for (const load of [loadMiniSearch, loadBackstage])
    try {
      kinds.push(await load(peerDocuments, ranked));
    } catch (thrown) {
      notify(`left out: ${String(thrown).split("\n", 1)[0]}`);
    }
  return kinds;
}
