import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";

import picomatch from "picomatch";

import type { Diagnostic } from "../../base/diagnostics.ts";
import { createPause } from "../../base/pause.ts";
import type { Catalog, CatalogEntity } from "../../catalog/model.ts";
import { createWellKnown, repositoryOfUrl, type WellKnown } from "../../catalog/well-known.ts";
import type { Section } from "../../docs/document.ts";
import { documentNames } from "./document-names.ts";
import { type GitHistory, readGitHistory } from "./git-history.ts";
import { createMarkdownReader, type MarkdownFile, type MarkdownReader } from "./read-markdown.ts";
import { type NavPlace, readTechdocs, type TechdocsFile } from "./read-techdocs.ts";
import { isRemoteTarget, placeRemoteDocuments, type RemoteDocument } from "./remote-documents.ts";
import { createTier, type Tier } from "./tie-document.ts";

/** A Markdown document and the entities it belongs to. */
export interface Document {
  /** As the person knows it, such as `catalog/runbooks/ledger/lag.md`; unique. */
  path: string;
  title: string;
  /** What else it is called, such as by the headings of a navigation that it stands under. */
  aliases?: string[];
  /** Entities it belongs to, canonical; the first is the main one. */
  refs: string[];
  /** Why it belongs to them, such as `entity: component:default/ledger`. */
  tie?: { statement: string; line: number };
  isRunbook: boolean;
  /** Names of alerts that it answers. */
  alerts: string[];
  sections: Section[];
  markdown: string;
  /** When it last changed: by its commit, else as the file says; absent where nobody knows. */
  changedAtMs?: number;
  /** The page that shows it. */
  url?: string;
  readAtMs: number;
}

/** All documents of one moment. */
export interface LoadedDocuments {
  documents: Document[];
  diagnostics: Diagnostic[];
  /** Absolute folders and files whose changes matter. */
  watchPaths: string[];
  /** For the next reading: what need not be parsed again. */
  files: ReadonlyMap<string, MarkdownFile>;
  /** Of the checkout that they lie in. */
  history?: GitHistory;
}

export interface LoadDocumentsOptions {
  catalog: Catalog;
  /** `documents.sources` of the configuration: a file, folder or glob each, relative to `folder`. */
  sources: readonly { path: string }[];
  /** The configuration file's folder, absolute: what people's paths are relative to. */
  folder: string;
  /** Absolute folders beside `folder` that documents may lie in, such as a catalog source elsewhere. */
  roots?: readonly string[];
  /** Markdown that came along with catalog files from repositories elsewhere. */
  remote?: readonly RemoteDocument[];
  previous?: LoadedDocuments | undefined;
  wellKnown?: WellKnown;
  nowMs: number;
  signal: AbortSignal;
}

/** A file with all that points to it. */
interface Entry {
  file: MarkdownFile;
  /** Entities that name it, by annotation or link. */
  named: string[];
  isRunbook: boolean;
  statement?: string;
  nav?: NavPlace;
}

/**
 * Reads every document: the configured sources, the folders of `backstage.io/techdocs-ref: dir:…`, and what entities
 * name as their runbooks; then ties each to its entities. Never throws for a bad document.
 */
export async function loadDocuments(options: LoadDocumentsOptions): Promise<LoadedDocuments> {
  const showPath = pathShower(options.folder);
  const known = options.previous?.files ?? new Map<string, MarkdownFile>();
  const roots = await resolvedRoots(options);
  const reader = createMarkdownReader({ roots, showPath, known, signal: options.signal });
  const entries = new Map<string, Entry>();
  const watchPaths = new Set<string>();
  await readSources(options, reader, entries, watchPaths);
  await readNamed(options, reader, entries, watchPaths);
  await addRemote(options, known, entries);
  const history = await readGitHistory(options.folder, options.previous?.history);
  const documents = await tieAll([...entries.values()], showPath, { ...options, history });
  const diagnostics = [...reader.diagnostics, ...documents.flatMap((tied) => tied.diagnostics)];
  return {
    documents: documents.map((tied) => tied.document),
    diagnostics,
    watchPaths: [...watchPaths],
    files: new Map([...entries].map(([path, entry]) => [path, entry.file])),
    ...(history === undefined ? {} : { history }),
  };
}

async function tieAll(
  entries: readonly Entry[],
  showPath: (path: string) => string,
  options: LoadDocumentsOptions & { history: GitHistory | undefined },
): Promise<ReturnType<typeof toDocument>[]> {
  if (entries.length === 0) return [];
  const pause = createPause();
  const tier = await createTier(options.catalog, options.wellKnown ?? createWellKnown());
  const tied: ReturnType<typeof toDocument>[] = [];
  for (const entry of entries) {
    tied.push(toDocument(entry, tier, showPath, options));
    await pause();
  }
  return tied;
}

async function resolvedRoots(options: LoadDocumentsOptions): Promise<string[]> {
  const sources = options.sources.map((source) => globBase(resolve(options.folder, source.path)));
  const wanted = [options.folder, ...(options.roots ?? []), ...sources];
  // a root that does not exist holds no documents; reading it reports that
  return Promise.all(wanted.map((root) => realpath(root).catch(() => root)));
}

type ShowPath = (path: string) => string;

function pathShower(folder: string): ShowPath {
  return (path) => {
    if (URL.canParse(path) && !isAbsolute(path)) return path;
    const way = relative(folder, path);
    return (way.startsWith("..") || isAbsolute(way) ? path : way).split(sep).join("/");
  };
}

/** The part of a path before its first glob sign. */
function globBase(path: string): string {
  return picomatch.scan(path).base || path;
}

async function readSources(
  options: LoadDocumentsOptions,
  reader: MarkdownReader,
  entries: Map<string, Entry>,
  watchPaths: Set<string>,
): Promise<void> {
  const showPath = pathShower(options.folder);
  for (const source of options.sources) {
    const path = resolve(options.folder, source.path);
    const { isGlob } = picomatch.scan(path);
    const base = globBase(path);
    const isWanted = isGlob ? picomatch(path, { dot: false }) : undefined;
    watchPaths.add(base);
    for (const file of await reader.read(base, isWanted))
      add(entries, file, { isRunbook: looksLikeRunbook(file, showPath) });
  }
}

/** Reads what entities point to; a URL is a link to show, not a document to read. */
async function readNamed(
  options: LoadDocumentsOptions,
  reader: MarkdownReader,
  entries: Map<string, Entry>,
  watchPaths: Set<string>,
): Promise<void> {
  const wellKnown = options.wellKnown ?? createWellKnown();
  const pause = createPause();
  const showPath = pathShower(options.folder);
  for (const entity of options.catalog.entities.values()) {
    await pause();
    for (const { target, isRunbook, isTechdocs, statement } of targetsOf(entity, wellKnown)) {
      const path = localPath(entity, target);
      if (path === undefined) continue;
      watchPaths.add(path);
      const found: TechdocsFile[] = isTechdocs
        ? await readTechdocs(reader, path)
        : (await reader.read(path)).map((file) => ({ file }));
      for (const { file, nav } of found)
        add(entries, file, {
          ref: entity.ref,
          isRunbook: isRunbook || looksLikeRunbook(file, showPath),
          statement,
          nav,
        });
    }
  }
}

/** Adds documents of repositories elsewhere, tied to the entities that name them or that stand beside them. */
async function addRemote(
  { remote = [], catalog, folder, wellKnown = createWellKnown() }: LoadDocumentsOptions,
  known: ReadonlyMap<string, MarkdownFile>,
  entries: Map<string, Entry>,
): Promise<void> {
  const showPath = pathShower(folder);
  const placed = await placeRemoteDocuments(remote, catalog, known);
  for (const { file, ref, statement, nav } of placed) {
    const isRunbook = looksLikeRunbook(file, showPath);
    const tie = ref === undefined || statement === undefined ? {} : { ref, statement };
    add(entries, file, { ...tie, isRunbook, nav });
  }
  if (placed.length > 0) nameRemote(remote, catalog, wellKnown, entries);
}

/** Who names a document knows better than its place whose it is. */
function nameRemote(
  remote: readonly RemoteDocument[],
  catalog: Catalog,
  wellKnown: WellKnown,
  entries: Map<string, Entry>,
): void {
  const byRepository = groupByRepository(remote);
  for (const entity of catalog.entities.values()) {
    const urls = byRepository.get(repositoryOfUrl(entity.origin.base)?.url ?? "") ?? [];
    if (urls.length === 0) continue;
    for (const { target, isRunbook, statement } of targetsOf(entity, wellKnown)) {
      for (const url of urls.filter((each) => isRemoteTarget(entity, target, each))) {
        const entry = entries.get(url);
        if (entry === undefined) continue;
        entry.named = [entity.ref, ...entry.named.filter((each) => each !== entity.ref)];
        entry.statement = statement;
        entry.isRunbook ||= isRunbook;
      }
    }
  }
}

function groupByRepository(remote: readonly RemoteDocument[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { repository, url } of remote) {
    const urls = groups.get(repository) ?? [];
    urls.push(url);
    groups.set(repository, urls);
  }
  return groups;
}

function targetsOf(
  entity: CatalogEntity,
  wellKnown: WellKnown,
): { target: string; isRunbook: boolean; isTechdocs: boolean; statement: string }[] {
  const techdocs = entity.entity.metadata.annotations?.["backstage.io/techdocs-ref"];
  const folder = typeof techdocs === "string" ? techdocsFolder(techdocs) : undefined;
  return [
    ...wellKnown.runbooks(entity).map(({ target }) => ({
      target,
      isRunbook: true,
      isTechdocs: false,
      statement: `runbook ${target} of ${entity.ref}`,
    })),
    ...(folder === undefined
      ? []
      : [
          {
            target: folder,
            isRunbook: false,
            isTechdocs: true,
            statement: `backstage.io/techdocs-ref: dir:${folder} of ${entity.ref}`,
          },
        ]),
  ];
}

function techdocsFolder(annotation: string): string | undefined {
  return annotation.startsWith("dir:") ? annotation.slice("dir:".length).trim() : undefined;
}

/** Absolute path of a target beside the entity's file; undefined for URLs and entities that come from URLs. */
function localPath(entity: CatalogEntity, target: string): string | undefined {
  const hasScheme = /^[a-z][a-z0-9+.-]+:/i.test(target);
  if (hasScheme || !isAbsolute(entity.origin.base) || target === "" || target.includes("\0"))
    return undefined;
  return resolve(dirname(entity.origin.base), target);
}

function add(
  entries: Map<string, Entry>,
  file: MarkdownFile,
  from: { ref?: string; isRunbook: boolean; statement?: string; nav?: NavPlace | undefined },
): void {
  const entry = entries.get(file.absolutePath) ?? { file, named: [], isRunbook: from.isRunbook };
  if (from.ref !== undefined && !entry.named.includes(from.ref)) entry.named.push(from.ref);
  if (from.statement !== undefined) entry.statement ??= from.statement;
  entry.isRunbook ||= from.isRunbook;
  if (from.nav !== undefined && entry.nav === undefined) {
    entry.nav = from.nav;
    // a navigation has an order, wherever its pages were read before
    entries.delete(file.absolutePath);
  }
  entries.set(file.absolutePath, entry);
}

/** A runbook names alerts, lies in a folder of runbooks, or has the headings runbooks have. */
function looksLikeRunbook(file: MarkdownFile, showPath: ShowPath): boolean {
  if (file.parsed.frontMatter.alerts.length > 0) return true;
  // a part of the path that says so
  if (
    /(?:^|[/\\._-])(?:run-?books?|play-?books?|alerts?|incidents?|oncall|on-call|sops?)(?:[/\\._-]|$)/i.test(
      // what people call its path: the folder that everything lies in may be called anything
      showPath(file.absolutePath),
    )
  )
    return true;
  return file.parsed.sections.some((section) =>
    ["mitigation", "diagnosis", "remediation", "symptoms"].includes(section.heading.toLowerCase()),
  );
}

function toDocument(
  entry: Entry,
  tier: Tier,
  showPath: (path: string) => string,
  options: Pick<LoadDocumentsOptions, "nowMs"> & { history: GitHistory | undefined },
): { document: Document; diagnostics: Diagnostic[] } {
  const { file } = entry;
  const path = showPath(file.absolutePath);
  const tied = tier({ path, parsed: file.parsed, named: entry.named, statement: entry.statement });
  const { title, frontMatter, sections } = file.parsed;
  return {
    document: {
      path,
      ...documentNames(path, title, entry.nav),
      refs: tied.refs,
      ...(tied.tie === undefined ? {} : { tie: tied.tie }),
      isRunbook: entry.isRunbook,
      alerts: frontMatter.alerts,
      sections,
      markdown: file.markdown,
      ...placeInTime(file, options.history),
      readAtMs: options.nowMs,
    },
    diagnostics: tied.diagnostics,
  };
}

/** When a document changed, and its page: a remote one's path is that page. */
function placeInTime(
  { absolutePath, changedAtMs }: MarkdownFile,
  history: GitHistory | undefined,
): { changedAtMs?: number; url?: string } {
  const written = changedAtMs === undefined ? {} : { changedAtMs };
  if (!isAbsolute(absolutePath)) return { url: absolutePath, ...written };
  const committed = history?.changedAtMs.get(absolutePath);
  if (committed === undefined) return written;
  const pages = history?.pages;
  if (pages === undefined) return { changedAtMs: committed };
  const way = relative(pages.folder, absolutePath).split(sep).map(encodeURIComponent).join("/");
  return { changedAtMs: committed, url: `${pages.url}/${way}` };
}
