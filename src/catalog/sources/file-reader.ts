import { constants, type Stats } from "node:fs";
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";

import { ForbiddenError, InputError, UpstreamError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";

/** Reads texts below one folder and nothing outside of it, whatever symbolic links say. */
export interface FileReader {
  /**
   * The text of a file; undefined when it does not exist. Unchanged files are not read again.
   * @param real The real path, where it is known already that no link leads outside.
   * @throws ForbiddenError `path-outside`, InputError `file-too-large`, `file-not-utf8`, `file-is-folder`,
   *   UpstreamError `file-unreadable`.
   */
  read(path: string, real?: string): Promise<string | undefined>;
  /** The real path, when it lies inside. @throws ForbiddenError `path-outside`. */
  inside(path: string): Promise<string | undefined>;
  /** As people know it: relative to the base folder, with slashes. */
  shown(path: string): string;
}

/** Larger files are not even read. */
const maxBytes = 5 * 1024 * 1024;

/**
 * Creates a reader.
 * @param root Absolute; nothing outside is read.
 * @param baseDir Absolute; shown paths are relative to it.
 */
export function createFileReader(root: string, baseDir: string): FileReader {
  const known = new Map<string, { stamp: string; text: string }>();
  let realRoot: string | undefined;

  function shown(path: string): string {
    const short = relative(baseDir, path);
    const isBelow = !short.startsWith("..") && !isAbsolute(short);
    return (isBelow ? short : path).split(sep).join("/");
  }

  function assertInside(path: string, judged: string, tops: readonly string[]): void {
    if (tops.some((each) => judged === each || judged.startsWith(each + sep))) return;
    const message = `${shown(path)} lies outside ${shown(root) || "."}`;
    throw new ForbiddenError("path-outside", message, {
      hint: "a catalog reads only what lies below its folder",
    });
  }

  async function inside(path: string, knownReal?: string): Promise<string | undefined> {
    realRoot ??= await realpath(root).catch(missingAsUndefined);
    const real = knownReal ?? (await realpath(path).catch(missingAsUndefined));
    // A path that does not exist is judged by its spelling, so that nobody can probe for files outside.
    const tops = [realRoot ?? resolve(root), ...(real === undefined ? [resolve(root)] : [])];
    assertInside(path, real ?? resolve(path), tops);
    return real;
  }

  async function readText(path: string, real: string): Promise<string> {
    const before = known.get(real);
    if (before !== undefined && before.stamp === stampOf(await stat(real))) return before.text;
    // one way to the disk less than looking and reading by path; a pipe must not be waited for
    const file = await open(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stats = await file.stat();
      const { size } = stats;
      if (!stats.isFile()) throw new InputError("file-is-folder", `${shown(path)} is no file`);
      if (size > maxBytes) {
        const message = `${shown(path)} has ${Math.floor(size / 1024)} KB, at most ${maxBytes / 1024} KB are read`;
        throw new InputError("file-too-large", message, { hint: "split it into several files" });
      }
      const text = decode(await readWhole(file, size), shown(path));
      known.set(real, { stamp: stampOf(stats), text });
      return text;
    } finally {
      await file.close();
    }
  }

  async function read(path: string, knownReal?: string): Promise<string | undefined> {
    try {
      const real = await inside(path, knownReal);
      return real === undefined ? undefined : await readText(path, real);
    } catch (thrown) {
      if (!isSystemError(thrown)) throw thrown;
      if (thrown.code === "ENOENT") return undefined;
      throw new UpstreamError("file-unreadable", `${shown(path)} cannot be read: ${thrown.code}`, {
        cause: thrown,
        isRetryable: true,
      });
    }
  }

  return { read, inside, shown };
}

/** In milliseconds with a fraction: a file that is written twice in one of them changes its size or `ctime`, mostly. */
function stampOf({ mtimeMs, ctimeMs, ino, size }: Stats): string {
  return `${mtimeMs} ${ctimeMs} ${ino} ${size}`;
}

async function readWhole(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(size + 1);
  const { bytesRead } = await file.read(bytes, 0, size + 1, 0);
  // otherwise somebody is writing to it
  return bytesRead === size ? bytes.subarray(0, size) : file.readFile();
}

function decode(bytes: Uint8Array, shownPath: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const hint = "save it as UTF-8";
    throw new InputError("file-not-utf8", `${shownPath} is not UTF-8 text`, { cause, hint });
  }
}

function missingAsUndefined(thrown: unknown): undefined {
  const isMissing = isSystemError(thrown) && ["ENOENT", "ENOTDIR"].includes(thrown.code);
  if (!isMissing) throw thrown;
}

/** True for what the operating system refused, with its code such as `EACCES`; told by shape, since errors cross realms. */
export function isSystemError(thrown: unknown): thrown is { code: string; syscall: unknown } {
  return isRecord(thrown) && typeof thrown["code"] === "string" && "syscall" in thrown;
}
