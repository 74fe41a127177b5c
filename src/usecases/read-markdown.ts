import type { Dirent, Stats } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";

import type { Diagnostic } from "../base/diagnostics.ts";
import { toError } from "../base/errors.ts";
import type { ParsedDocument } from "../docs/document.ts";
import { parseDocument } from "../docs/parse-document.ts";

/** A Markdown file as read from disk. */
export interface MarkdownFile {
  /** Absolute, links resolved. */
  absolutePath: string;
  markdown: string;
  parsed: ParsedDocument;
  changedAtMs: number;
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
  diagnostics: Diagnostic[];
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

/** Creates a reader for one refresh; a file asked for twice is read once. */
export function createMarkdownReader(options: MarkdownReaderOptions): MarkdownReader {
  const diagnostics: Diagnostic[] = [];
  const files = new Map<string, MarkdownFile | undefined>();

  function report(path: string, code: string, message: string, fix?: string): undefined {
    diagnostics.push({
      file: options.showPath(path),
      line: 1,
      column: 1,
      severity: "warning",
      code,
      message,
      ...(fix === undefined ? {} : { fix }),
    });
    return undefined;
  }

  async function readOne(path: string): Promise<MarkdownFile | undefined> {
    if (files.has(path)) return files.get(path);
    const file = await readFileOnce(path).catch((thrown: unknown) =>
      report(path, "document-unreadable", `cannot be read: ${toError(thrown).message}`),
    );
    files.set(path, file);
    return file;
  }

  async function readFileOnce(path: string): Promise<MarkdownFile | undefined> {
    const found = await stat(path);
    if (found.size > maxFileBytes) {
      const message = `has ${found.size} bytes, at most ${maxFileBytes} are read`;
      return report(path, "document-too-large", message, "split it into several documents");
    }
    const known = options.known.get(path);
    const file = isUnchanged(known, found) ? known : await parseFile(path, found);
    const { problem } = file.parsed;
    if (problem !== undefined)
      diagnostics.push({
        file: options.showPath(path),
        line: problem.line,
        column: 1,
        severity: "warning",
        code: problem.code,
        message: problem.message,
      });
    return file;
  }

  async function walk(
    folder: string,
    depth: number,
    isWanted: (path: string) => boolean,
  ): Promise<MarkdownFile[]> {
    options.signal.throwIfAborted();
    if (depth > maxFolderDepth) return [];
    const entries = await readdir(folder, { withFileTypes: true });
    const found: MarkdownFile[] = [];
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (isFolder(entry)) found.push(...(await walk(path, depth + 1, isWanted)));
      // links are not followed: they could lead anywhere
      else if (
        entry.isFile() &&
        isMarkdown(entry.name) &&
        isWanted(path) &&
        files.size < maxFiles
      ) {
        const file = await readOne(path);
        if (file !== undefined) found.push(file);
      }
    }
    return found;
  }

  return {
    diagnostics,
    async read(path, isWanted = () => true) {
      try {
        const resolved = await realpath(path);
        if (!options.roots.some((root) => isInside(root, resolved))) {
          report(
            path,
            "document-outside",
            "lies outside the folders that are read",
            "move it beside the catalog",
          );
          return [];
        }
        const found = await stat(resolved);
        if (found.isDirectory()) return await walk(resolved, 0, isWanted);
        const file = isMarkdown(resolved) ? await readOne(resolved) : undefined;
        return file === undefined ? [] : [file];
      } catch (thrown) {
        options.signal.throwIfAborted();
        report(path, "document-missing", `cannot be read: ${reasonOf(thrown)}`, "correct the path");
        return [];
      }
    },
  };
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
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === "" || (!way.startsWith(`..${sep}`) && way !== ".." && !way.startsWith(sep));
}
