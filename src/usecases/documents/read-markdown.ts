import type { Dirent, Stats } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";

import type { Diagnostic } from "../../base/diagnostics.ts";
import { toError } from "../../base/errors.ts";
import type { ParsedDocument } from "../../docs/document.ts";
import { parseDocument } from "../../docs/parse-document.ts";

/** A Markdown file as read from disk. */
export interface MarkdownFile {
  /** Absolute, links resolved. */
  absolutePath: string;
  markdown: string;
  parsed: ParsedDocument;
  /** As the disk says, or the last commit of a file elsewhere; absent where nobody knows. */
  changedAtMs: number | undefined;
  sizeBytes: number;
}

/** Larger files are no text for people. */
const maxFileBytes = 256 * 1024;
const maxFolderDepth = 12;
const maxFiles = 20_000;
const skippedFolders = new Set(["node_modules", "vendor", "dist", "build", "target"]);
const extensions = new Set([".md", ".markdown"]);

/** Reads Markdown files below folders; what cannot be read becomes a finding and never hides the rest. */
export interface MarkdownReader {
  /** All Markdown files in a folder, or the one file; `isWanted` sees absolute paths. */
  read(path: string, isWanted?: (path: string) => boolean): Promise<MarkdownFile[]>;
  /** The text of a file that says how documents are arranged; undefined where there is none that may be read. */
  readText(path: string): Promise<{ path: string; text: string } | undefined>;
  /** A folder that may be read, links resolved; undefined where there is none. */
  resolve(path: string): Promise<string | undefined>;
  report(path: string, finding: Finding): void;
  diagnostics: Diagnostic[];
}

/** What is wrong with a file; the line counts from 1, and is the first where absent. */
export interface Finding {
  line?: number;
  code: string;
  message: string;
  fix?: string;
}

export interface MarkdownReaderOptions {
  /** Absolute folders, links resolved; nothing outside them is read. */
  roots: readonly string[];
  /** How a person knows an absolute path. */
  showPath: (path: string) => string;
  /** Files read earlier, by absolute path: unchanged ones are not parsed again. */
  known: ReadonlyMap<string, MarkdownFile>;
  signal: AbortSignal;
}

/** What one reading shares. */
interface Reading extends MarkdownReaderOptions {
  diagnostics: Diagnostic[];
  files: Map<string, MarkdownFile | undefined>;
}

type IsWanted = (path: string) => boolean;

/** Creates a reader for one refresh; a file asked for twice is read once. */
export function createMarkdownReader(options: MarkdownReaderOptions): MarkdownReader {
  const reading: Reading = { ...options, diagnostics: [], files: new Map() };
  return {
    diagnostics: reading.diagnostics,
    async read(path, isWanted = () => true) {
      try {
        return await readPath(reading, path, isWanted);
      } catch (thrown) {
        options.signal.throwIfAborted();
        const message = `cannot be read: ${reasonOf(thrown)}`;
        report(reading, path, { code: "document-missing", message, fix: "correct the path" });
        return [];
      }
    },
    async readText(path) {
      const found = await findInside(reading, path);
      if (found?.stats.isFile() !== true || found.stats.size > maxFileBytes) return undefined;
      return { path: found.path, text: await readFile(found.path, "utf8").catch(() => "") };
    },
    async resolve(path) {
      const found = await findInside(reading, path);
      return found?.stats.isDirectory() === true ? found.path : undefined;
    },
    report: (path, finding) => report(reading, path, finding),
  };
}

/** What is there and may be read, links resolved. */
async function findInside(
  { roots }: Reading,
  path: string,
): Promise<{ path: string; stats: Stats } | undefined> {
  try {
    const resolved = await realpath(path);
    const isAllowed = roots.some((root) => isInside(root, resolved));
    return isAllowed ? { path: resolved, stats: await stat(resolved) } : undefined;
  } catch {
    // nothing that can be read
    return undefined;
  }
}

function report(reading: Reading, path: string, finding: Finding): void {
  reading.diagnostics.push({
    file: reading.showPath(path),
    line: 1,
    column: 1,
    severity: "warning",
    ...finding,
  });
}

async function readPath(
  reading: Reading,
  path: string,
  isWanted: IsWanted,
): Promise<MarkdownFile[]> {
  const resolved = await realpath(path);
  if (!reading.roots.some((root) => isInside(root, resolved))) {
    report(reading, path, {
      code: "document-outside",
      message: "lies outside the folders that are read",
      fix: "move it beside the catalog",
    });
    return [];
  }
  if ((await stat(resolved)).isDirectory()) return walk(reading, resolved, 0, isWanted);
  const file = isMarkdown(resolved) ? await readOne(reading, resolved) : undefined;
  return file === undefined ? [] : [file];
}

async function walk(
  reading: Reading,
  folder: string,
  depth: number,
  isWanted: IsWanted,
): Promise<MarkdownFile[]> {
  reading.signal.throwIfAborted();
  if (depth > maxFolderDepth) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const found: MarkdownFile[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (isFolder(entry)) found.push(...(await walk(reading, path, depth + 1, isWanted)));
    // links are not followed: they could lead anywhere
    else if (entry.isFile() && isMarkdown(path) && isWanted(path)) {
      const file = await readOne(reading, path);
      if (file !== undefined) found.push(file);
    }
  }
  return found;
}

async function readOne(reading: Reading, path: string): Promise<MarkdownFile | undefined> {
  if (reading.files.has(path) || reading.files.size >= maxFiles) return reading.files.get(path);
  let file: MarkdownFile | undefined;
  try {
    file = await readFileOnce(reading, path);
  } catch (thrown) {
    const message = `cannot be read: ${reasonOf(thrown)}`;
    report(reading, path, { code: "document-unreadable", message });
  }
  reading.files.set(path, file);
  return file;
}

async function readFileOnce(reading: Reading, path: string): Promise<MarkdownFile | undefined> {
  const found = await stat(path);
  if (found.size > maxFileBytes) {
    report(reading, path, {
      code: "document-too-large",
      message: `has ${found.size} bytes, at most ${maxFileBytes} are read`,
      fix: "split it into several documents",
    });
    return undefined;
  }
  const known = reading.known.get(path);
  const file = isUnchanged(known, found) ? known : await parseFile(path, found);
  if (file.parsed.problem !== undefined) report(reading, path, file.parsed.problem);
  return file;
}

async function parseFile(path: string, found: Stats): Promise<MarkdownFile> {
  const markdown = await readFile(path, "utf8");
  return {
    absolutePath: path,
    markdown,
    parsed: parseDocument(markdown),
    changedAtMs: found.mtimeMs,
    sizeBytes: found.size,
  };
}

function isUnchanged(known: MarkdownFile | undefined, found: Stats): known is MarkdownFile {
  return known?.changedAtMs === found.mtimeMs && known.sizeBytes === found.size;
}

function isFolder(entry: Dirent): boolean {
  return entry.isDirectory() && !entry.name.startsWith(".") && !skippedFolders.has(entry.name);
}

function isMarkdown(path: string): boolean {
  return extensions.has(extname(path).toLowerCase());
}

function reasonOf(thrown: unknown): string {
  const error = toError(thrown);
  return "code" in error && error.code === "ENOENT" ? "no such file or folder" : error.message;
}

/** True when `path` is `root` or lies below it; both absolute. */
function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === "" || (!way.startsWith(`..${sep}`) && way !== ".." && !way.startsWith(sep));
}
