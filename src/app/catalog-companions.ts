import type { Diagnostic } from "../base/diagnostics.ts";
import { parseCodeowners } from "../catalog/codeowners.ts";
import type { Companion } from "../catalog/sources/contract.ts";
import type { SourceState } from "../usecases/catalog/load-catalog.ts";
import type { RepositoryOwners } from "../usecases/catalog/repository-owners.ts";
import { arrangeRemote } from "../usecases/documents/arrange-remote.ts";
import type { RemoteDocument } from "../usecases/documents/remote-documents.ts";

interface Owners {
  repositories: RepositoryOwners[];
  diagnostics: Diagnostic[];
}

/** Reads the CODEOWNERS files that came along with catalog files; one that has not changed is not read again. */
export function createCompanionOwners(): (sources: readonly SourceState[]) => Owners {
  const parsed = new WeakMap<Companion, ReturnType<typeof parseCodeowners>>();
  return (sources) => {
    const owners: Owners = { repositories: [], diagnostics: [] };
    for (const { companions = [], readAtMs = 0 } of sources) {
      for (const companion of companions.filter(({ kind }) => kind === "codeowners")) {
        const { file, text, repository, slug } = companion;
        const found = parsed.get(companion) ?? parseCodeowners(text, file);
        parsed.set(companion, found);
        const slugs = new Set([slug.toLowerCase()]);
        const { codeowners } = found;
        owners.repositories.push({ folder: repository, slugs, codeowners, readAtMs });
        for (const diagnostic of found.diagnostics) owners.diagnostics.push(diagnostic);
      }
    }
    return owners;
  };
}

/** The Markdown files that came along with catalog files, as the navigations of their repositories arrange them. */
export function companionDocuments(sources: readonly SourceState[]): {
  documents: RemoteDocument[];
  diagnostics: Diagnostic[];
} {
  const companions = sources.flatMap((source) => source.companions ?? []);
  const navigations = companions
    .filter(({ kind }) => kind === "navigation")
    .map(({ file: url, text }) => ({ url, text }));
  return arrangeRemote(documentsOf(sources), navigations);
}

function documentsOf(sources: readonly SourceState[]): RemoteDocument[] {
  return sources.flatMap(({ companions = [], readAtMs = 0 }) =>
    companions
      .filter(({ kind }) => kind === "document")
      .map(({ file: url, repository, text, changedAtMs }) => ({
        url,
        repository,
        text,
        readAtMs,
        ...(changedAtMs === undefined ? {} : { changedAtMs }),
      })),
  );
}
