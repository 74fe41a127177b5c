import { stat } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";

import type { Diagnostic } from "../../base/diagnostics.ts";
import { CallboardError, InputError, NotFoundError, UpstreamError } from "../../base/errors.ts";
import { isWebUrl } from "../locations.ts";
import type { SourceFile, SourceResult, WatchedSource } from "./contract.ts";
import { createFileChanges } from "./file-changes.ts";
import { createFileReader, type FileReader, isSystemError } from "./file-reader.ts";
import {
  isGlob,
  isYamlName,
  type Walk,
  type WalkedFile,
  walkFolder,
  walkGlob,
  withoutSkeletons,
} from "./file-walk.ts";
import { watchPaths } from "./file-watch.ts";
import { createUrlSource } from "./url.ts";
import type { WebReader } from "./web-reader.ts";

export interface FileSourceOptions {
  /** A file, a folder (all YAML files below it) or a glob; relative to `baseDir`. */
  path: string;
  /** Absolute: the folder of the configuration file. Paths are shown relative to it. */
  baseDir: string;
  /** Nothing outside this folder is read; absolute. Absent: `baseDir` when the path lies in it, else the path's own folder. */
  root?: string;
  /** How long to wait for more changes before telling of one. */
  debounceMs?: number;
  /** Reads the URLs that Locations name; absent: they are refused. */
  web?: WebReader;
}

/** How many files are read at the same time. */
const parallelReads = 16;

/**
 * Creates a source of catalog files on the disk. In folders and globs, `node_modules`, `.git` and the skeletons of software
 * templates are left out, and YAML that is no entity is skipped in silence.
 */
export function createFileSource(options: FileSourceOptions): WatchedSource {
  const baseDir = resolve(options.baseDir);
  const top = resolve(baseDir, options.path);
  const root = options.root ?? defaultRoot(top, baseDir);
  const reader = createFileReader(root, baseDir);
  const related = new Set<string>();
  const changes = createFileChanges({
    top,
    written: options.path,
    readOne: (each) => readOne(each, reader),
  });
  let addToWatch: ((path: string) => void) | undefined;

  function follow(path: string): void {
    related.add(path);
    addToWatch?.(path);
  }

  return {
    id: `file:${options.path}`,
    async read(signal, how) {
      const changed = how?.isQuick === true ? await changes.read() : undefined;
      if (changed !== undefined) return changed;
      changes.forget();
      const result = await readTop(top, options.path, reader, signal);
      changes.remember(result);
      return result;
    },
    async readRelated(base, target, signal) {
      if (isWebUrl(target) || isWebUrl(base)) {
        return readRelatedUrl(options.web, base, target, signal);
      }
      const path = isAbsolute(target) ? resolve(target) : resolve(dirname(base), target);
      follow(path);
      const text = await reader.read(path);
      if (text !== undefined) return [{ file: reader.shown(path), base: path, text }];
      if (!isGlob(target)) return undefined;
      const { files, diagnostics } = await readAll(await walkGlob(path, signal), reader, signal);
      const [fault] = diagnostics;
      if (fault !== undefined)
        throw new UpstreamError(fault.code, fault.message, { isRetryable: true });
      return files;
    },
    watch(onChange) {
      const watched = watchPaths({
        top,
        isOurs: (path) => isYamlName(path) || related.has(path),
        onPath: (path) => changes.note(path),
        onChange,
        onFault: () => changes.stop(),
        debounceMs: options.debounceMs ?? 200,
      });
      for (const path of related) watched.add(path);
      addToWatch = watched.add;
      return watched.opened.then((close) => {
        changes.start();
        return close;
      });
    },
  };
}

function readRelatedUrl(
  web: WebReader | undefined,
  base: string,
  target: string,
  signal: AbortSignal,
): Promise<SourceFile[] | undefined> {
  if (web === undefined) {
    const message = `${target} is a URL; a source of files reads only the disk`;
    throw new InputError("url-not-read", message, { hint: "add it as a source of type url" });
  }
  return createUrlSource({ urls: [], web }).readRelated(base, target, signal);
}

function defaultRoot(top: string, baseDir: string): string {
  const way = relative(baseDir, top);
  if (!way.startsWith("..") && !isAbsolute(way)) return baseDir;
  return isGlob(top) ? dirname(top.slice(0, top.search(/[*?[{]/)) + "x") : dirname(top);
}

async function readTop(
  top: string,
  written: string,
  reader: FileReader,
  signal: AbortSignal,
): Promise<SourceResult> {
  try {
    const stats = await statOf(top);
    if (stats?.isDirectory() === true) {
      return await readAll(await walkFolder(top, isYamlName, signal), reader, signal);
    }
    if (stats === undefined && isGlob(written)) {
      return await readAll(await walkGlob(top, signal), reader, signal);
    }
    if (stats === undefined) {
      throw new NotFoundError("source-missing", `${written} does not exist`, {
        hint: "paths of catalog.sources are relative to the configuration file",
      });
    }
    const text = await reader.read(top);
    const files = text === undefined ? [] : [{ file: reader.shown(top), base: top, text }];
    return { files, diagnostics: [] };
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    const message = `${written} cannot be read: ${thrown.code}`;
    throw new UpstreamError("source-unreadable", message, { cause: thrown, isRetryable: true });
  }
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (thrown) {
    if (isSystemError(thrown) && ["ENOENT", "ENOTDIR"].includes(thrown.code)) return undefined;
    throw thrown;
  }
}

/** Reads files that a walk met. One that cannot be read is a diagnostic; one reached twice by links is read once. */
async function readAll(
  { files: walked, refused }: Walk,
  reader: FileReader,
  signal: AbortSignal,
): Promise<SourceResult> {
  const result: SourceResult = {
    files: [],
    diagnostics: refused.map(({ path, code }) =>
      faultAt(reader.shown(path), "folder-unreadable", `the folder cannot be read: ${code}`),
    ),
  };
  const seen = new Set<string>();
  for (let start = 0; start < walked.length; start += parallelReads) {
    signal.throwIfAborted();
    const batch = walked.slice(start, start + parallelReads);
    const read = await Promise.all(batch.map((each) => readOne(each, reader)));
    for (const { real, file, diagnostic } of read) {
      if (diagnostic !== undefined) result.diagnostics.push(diagnostic);
      if (file === undefined || real === undefined || seen.has(real)) continue;
      seen.add(real);
      result.files.push(file);
    }
  }
  return { ...result, files: withoutSkeletons(result.files) };
}

async function readOne(
  { path, real: walkedReal, isLink }: WalkedFile,
  reader: FileReader,
): Promise<{ real?: string; file?: SourceFile; diagnostic?: Diagnostic }> {
  const file = reader.shown(path);
  try {
    const real = isLink ? await reader.inside(path) : walkedReal;
    const text = await reader.read(path, real);
    if (real === undefined || text === undefined) return {};
    return { real, file: { file, base: path, text, isImplied: true } };
  } catch (thrown) {
    if (!(thrown instanceof CallboardError)) throw thrown;
    // Large or binary YAML in a folder is data of something else, unless its name says that it is ours.
    const isData = ["file-too-large", "file-not-utf8"].includes(thrown.code);
    if (isData && !path.includes(`${sep}catalog-info.`)) return {};
    return { diagnostic: faultAt(file, thrown.code, thrown.message, thrown.hint) };
  }
}

function faultAt(file: string, code: string, message: string, fix?: string): Diagnostic {
  const where = { file, line: 1, column: 1 };
  return { ...where, severity: "error", code, message, ...(fix === undefined ? {} : { fix }) };
}
