import type { Diagnostic } from "../../base/diagnostics.ts";
import { createCodeownerIndex, type FindCodeowner } from "../../catalog/codeowners-refs.ts";
import type { Catalog } from "../../catalog/model.ts";
import { createWellKnown, type WellKnown } from "../../catalog/well-known.ts";
import { buildSearchIndex, type SearchIndex } from "../../search/search-index.ts";
import type { SearchItem } from "../../search/search-item.ts";
import { buildDocumentLibrary, type DocumentLibrary } from "../documents/document-library.ts";
import type { Document } from "../documents/documents.ts";
import { buildCatalogFacets, type CatalogFacets } from "./catalog-facets.ts";
import type { RepositoryOwners } from "./repository-owners.ts";
import { searchItemsOf } from "./search-items.ts";

/** One state of everything that questions are answered from. Never changed once built. */
export interface Snapshot {
  /** Counts up with every refresh. */
  version: number;
  catalog: Catalog;
  documents: Document[];
  index: SearchIndex;
  library: DocumentLibrary;
  /** Built when they are first asked for, if not before. */
  facets(): CatalogFacets;
  /** Finds whom an owner in CODEOWNERS stands for. */
  findCodeowner(): FindCodeowner;
  diagnostics: Diagnostic[];
  /** CODEOWNERS of the repositories that entities stand in. */
  repositories?: readonly RepositoryOwners[];
  /** When a commit last changed a file, by its absolute path; for files in the checkout of the configuration. */
  changedAtMs?: ReadonlyMap<string, number>;
  /** When something was last pushed to the repository that holds an address, as its source last read it. */
  lastPushMs?(url: string): number | undefined;
  /** When the sources were read. */
  readAtMs: number;
}

/** What a snapshot is built from. */
export interface SnapshotParts {
  version: number;
  catalog: Catalog;
  documents: Document[];
  diagnostics: Diagnostic[];
  repositories?: readonly RepositoryOwners[];
  changedAtMs?: ReadonlyMap<string, number> | undefined;
  lastPushMs?(url: string): number | undefined;
  readAtMs: number;
  wellKnown?: WellKnown;
  /** Absent: built by the first question that needs them, which then waits. */
  facets?: CatalogFacets;
}

/** Builds the search index over entities and documents and puts all together, at once: for tests and commands. */
export function buildSnapshot(parts: SnapshotParts): Snapshot {
  return assembleSnapshot(parts, buildSearchIndex(itemsOf(parts)));
}

function itemsOf(parts: SnapshotParts): Iterable<SearchItem> {
  return searchItemsOf(parts.catalog, parts.documents, parts.wellKnown ?? createWellKnown());
}

/** Puts a snapshot together around an index that is there already. */
export function assembleSnapshot(parts: SnapshotParts, index: SearchIndex): Snapshot {
  const { wellKnown: _wellKnown, facets: built, changedAtMs, ...rest } = parts;
  let facets = built;
  let codeowners: FindCodeowner | undefined;
  return {
    ...rest,
    ...(changedAtMs === undefined ? {} : { changedAtMs }),
    index,
    library: buildDocumentLibrary(parts.documents),
    facets: () => (facets ??= buildCatalogFacets(parts.catalog)),
    findCodeowner: () => (codeowners ??= createCodeownerIndex(parts.catalog)),
  };
}
