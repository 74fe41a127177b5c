import type { Writable } from "node:stream";

import type { EngineKind, Found, MadeCatalog, PeerDocument } from "./engines.ts";

type Documents = (made: MadeCatalog) => PeerDocument[];
type Rank = (ids: readonly string[]) => Found;

/** The part of MiniSearch that is used; the package is installed by `npm install` in `bench/` only. */
interface MiniSearchClass {
  new (options: object): {
    addAll(documents: readonly object[]): void;
    search(text: string, options: object): { id: number }[];
  };
}

/** MiniSearch with prefixes and fuzziness as its documentation recommends. @throws Error when it is not installed. */
export async function loadMiniSearch(documentsOf: Documents, rank: Rank): Promise<EngineKind> {
  const name = "minisearch";
  const { default: MiniSearch }: { default: MiniSearchClass } = await import(name);
  return {
    name: "minisearch",
    build(made) {
      const documents = documentsOf(made);
      const index = new MiniSearch({ fields: ["title", "text"] });
      index.addAll(documents.map(({ title, text }, id) => ({ id, title, text })));
      const options = { boost: { title: 3 }, prefix: true, fuzzy: 0.2 };
      return (question) =>
        rank(
          index
            .search(question, options)
            .slice(0, 30)
            .map(({ id }) => documents[id]?.id ?? ""),
        );
    },
  };
}

/** The part of Backstage's engine that is used. */
interface BackstageEngineClass {
  new (options: { logger: object }): {
    getIndexer(type: string): Promise<Writable>;
    query(query: object): Promise<{ results: { document: { location: string } }[] }>;
  };
}

function quiet(): undefined {
  return undefined;
}

/** Backstage's `LunrSearchEngine` as shipped. @throws Error when it is not installed. */
export async function loadBackstage(documentsOf: Documents, rank: Rank): Promise<EngineKind> {
  const name = "@backstage/plugin-search-backend-node";
  const { LunrSearchEngine }: { LunrSearchEngine: BackstageEngineClass } = await import(name);
  const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => logger };
  return {
    name: "backstage",
    async build(made) {
      const engine = new LunrSearchEngine({ logger });
      const indexer = await engine.getIndexer("software-catalog");
      await new Promise<void>((resolve, reject) => {
        indexer.on("close", resolve).on("error", reject);
        for (const { id, title, text } of documentsOf(made))
          indexer.write({ title, text, location: id });
        indexer.end();
      });
      return async (question) => {
        const { results } = await engine.query({
          term: question,
          types: ["software-catalog"],
          filters: {},
        });
        return rank(results.map(({ document }) => document.location));
      };
    },
  };
}
