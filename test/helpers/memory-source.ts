import { posix } from "node:path";

import { ForbiddenError, UpstreamError } from "../../src/base/errors.ts";
import type { CatalogSource } from "../../src/catalog/sources/contract.ts";

/** A catalog source over a map of files that the test changes at will. */
export interface MemorySource extends CatalogSource {
  files: Map<string, string>;
  /** Files that Locations and placeholders may name but that the source does not list. */
  related: Map<string, string>;
  /** Set to make every reading fail. */
  failure: string | undefined;
  /** Set to make related files fail. */
  relatedFailure: string | undefined;
  /** How many related files were asked for. */
  relatedReads: number;
}

/** Creates a source; `files` is text by path relative to its top. */
export function createMemorySource(
  files: Record<string, string>,
  related: Record<string, string> = {},
  id = "memory",
): MemorySource {
  const source: MemorySource = {
    id,
    files: new Map(Object.entries(files)),
    related: new Map(Object.entries(related)),
    failure: undefined,
    relatedFailure: undefined,
    relatedReads: 0,
    async read(signal) {
      signal.throwIfAborted();
      if (source.failure !== undefined) {
        throw new UpstreamError("memory-down", source.failure, { isRetryable: true });
      }
      const names = [...source.files.keys()].toSorted();
      return {
        files: names.map((file) => ({
          file,
          base: `/${id}/${file}`,
          text: source.files.get(file) ?? "",
        })),
        diagnostics: [],
      };
    },
    async readRelated(base, target) {
      source.relatedReads += 1;
      if (source.relatedFailure !== undefined) {
        throw new UpstreamError("memory-down", source.relatedFailure, { isRetryable: true });
      }
      const path = posix.resolve(posix.dirname(base), target);
      if (!path.startsWith(`/${id}/`))
        throw new ForbiddenError("path-outside", `${target} lies outside`);
      const file = path.slice(id.length + 2);
      const text = source.files.get(file) ?? source.related.get(file);
      return text === undefined ? undefined : [{ file, base: path, text }];
    },
  };
  return source;
}
