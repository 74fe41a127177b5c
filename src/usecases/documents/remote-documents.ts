import { createPause } from "../../base/pause.ts";
import type { Catalog, CatalogEntity } from "../../catalog/model.ts";
import { parseDocument } from "../../docs/parse-document.ts";
import type { MarkdownFile } from "./read-markdown.ts";
import type { NavPlace } from "./read-techdocs.ts";

/** A Markdown file that came along with the catalog files of its repository. */
export interface RemoteDocument {
  /** The page that shows it. */
  url: string;
  /** The repository's page. */
  repository: string;
  text: string;
  /** Milliseconds since the epoch. */
  readAtMs: number;
  /** Of its last commit; absent where nobody knows. */
  changedAtMs?: number;
  /** Where the navigation of its repository has it. */
  nav?: NavPlace;
}

/** A document of a repository, with the entity that its place gives it to. */
export interface PlacedDocument {
  file: MarkdownFile;
  ref?: string;
  statement?: string;
  nav?: NavPlace;
}

/** Parses documents of repositories; those that have not changed since `known` are taken from there. */
export async function placeRemoteDocuments(
  documents: readonly RemoteDocument[],
  catalog: Catalog,
  known: ReadonlyMap<string, MarkdownFile>,
): Promise<PlacedDocument[]> {
  if (documents.length === 0) return [];
  const pause = createPause();
  const subjects = subjectsByRepository(documents, catalog);
  const placed: PlacedDocument[] = [];
  for (const { url, repository, text, changedAtMs, nav } of documents) {
    await pause();
    const before = known.get(url);
    const file = {
      absolutePath: url,
      markdown: text,
      parsed: before?.markdown === text ? before.parsed : parseDocument(text),
      changedAtMs,
      sizeBytes: Buffer.byteLength(text),
    };
    const ref = subjects.get(repository);
    const statement = `it stands in the repository of ${ref ?? ""}`;
    const arranged = nav === undefined ? { file } : { file, nav };
    placed.push(ref === undefined ? arranged : { ...arranged, ref, statement });
  }
  return placed;
}

/** What a repository is about, where that is one thing: its only Component, else its only System. */
function subjectsByRepository(
  documents: readonly RemoteDocument[],
  catalog: Catalog,
): Map<string, string> {
  const repositories = new Set(documents.map(({ repository }) => repository));
  const found = new Map<string, { component: string[]; system: string[] }>();
  for (const entity of catalog.entities.values()) {
    const repository = repositoryOf(entity, repositories);
    if (repository === undefined) continue;
    const refs = found.get(repository) ?? { component: [], system: [] };
    found.set(repository, refs);
    const kind = entity.entity.kind.toLowerCase();
    if (kind === "component" || kind === "system") refs[kind].push(entity.ref);
  }
  const subjects = new Map<string, string>();
  for (const [repository, { component, system }] of found) {
    const [ref, other] = component.length > 0 ? component : system;
    if (ref !== undefined && other === undefined) subjects.set(repository, ref);
  }
  return subjects;
}

function repositoryOf(
  { origin }: CatalogEntity,
  repositories: ReadonlySet<string>,
): string | undefined {
  // https://<host>/<owner>/<repository>
  const page = /^https?:\/\/[^/]+\/[^/]+\/[^/]+/.exec(origin.base)?.[0];
  return page !== undefined && repositories.has(page) ? page : undefined;
}

/** True when a URL that an entity names is the document, or a folder that it lies in. */
export function isRemoteTarget(entity: CatalogEntity, target: string, url: string): boolean {
  if (!URL.canParse(target, entity.origin.base)) return false;
  const wanted = new URL(target, entity.origin.base).href.replace("/tree/", "/blob/");
  const folder = wanted.endsWith("/") ? wanted : `${wanted}/`;
  return url === wanted || url.startsWith(folder);
}
