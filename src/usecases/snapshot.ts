import type { Diagnostic } from "../base/diagnostics.ts";
import type { Catalog } from "../catalog/model.ts";
import { createWellKnown, type WellKnown } from "../catalog/well-known.ts";
import { buildSearchIndex, type SearchIndex } from "../search/search-index.ts";
import { buildCatalogFacets, type CatalogFacets } from "./catalog-facets.ts";
import { buildDocumentLibrary, type DocumentLibrary } from "./document-library.ts";
import type { Document } from "./documents.ts";
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
  /** Built when it is first asked for. */
  facets(): CatalogFacets;
  diagnostics: Diagnostic[];
  /** CODEOWNERS of the repositories that entities stand in. */
  repositories?: readonly RepositoryOwners[];
  /** When the sources were read. */
  readAtMs: number;
}

/** Builds the search index over entities and documents and puts all together. */
export function buildSnapshot(parts: {
  version: number;
  catalog: Catalog;
  documents: Document[];
  diagnostics: Diagnostic[];
  repositories?: readonly RepositoryOwners[];
  readAtMs: number;
  wellKnown?: WellKnown;
}): Snapshot {
  const { wellKnown = createWellKnown(), ...rest } = parts;
  const items = searchItemsOf(parts.catalog, parts.documents, wellKnown);
  let facets: CatalogFacets | undefined;
  return {
    ...rest,
    index: buildSearchIndex(items),
    library: buildDocumentLibrary(parts.documents),
    facets: () => (facets ??= buildCatalogFacets(parts.catalog)),
  };
}
