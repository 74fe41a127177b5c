import { readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";

import { ForbiddenError, InputError, UpstreamError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";

/** Reads texts below one folder and nothing outside of it, whatever symbolic links say. */
export interface FileReader {
  /**
   * The text of a file; undefined when it does not exist. Unchanged files are not read again.
   * @throws ForbiddenError `path-outside`, InputError `file-too-large`, `file-not-utf8`, `file-is-folder`,
   *   UpstreamError `file-unreadable`.
   */
  read(path: string): Promise<string | undefined>;
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

  async function inside(path: string): Promise<string | undefined> {
    realRoot ??= await realpath(root).catch(missingAsUndefined);
    const real = await realpath(path).catch(missingAsUndefined);
    // A path that does not exist is judged by its spelling, so that nobody can probe for files outside.
    const judged = real ?? resolve(path);
    const tops = [realRoot ?? resolve(root), ...(real === undefined ? [resolve(root)] : [])];
    if (!tops.some((each) => judged === each || judged.startsWith(each + sep))) {
      throw new ForbiddenError(
        "path-outside",
        `${shown(path)} lies outside ${shown(root) || "."}`,
        {
          hint: "a catalog reads only what lies below its folder",
        },
      );
    }
    return real;
  }

  async function read(path: string): Promise<string | undefined> {
    try {
      const real = await inside(path);
      if (real === undefined) return undefined;
      const stats = await stat(real, { bigint: true });
      const { size } = stats;
      if (!stats.isFile()) throw new InputError("file-is-folder", `${shown(path)} is no file`);
      if (size > maxBytes) {
        const message = `${shown(path)} has ${size / 1024n} KB, at most ${maxBytes / 1024} KB are read`;
        throw new InputError("file-too-large", message, { hint: "split it into several files" });
      }
      const stamp = `${stats.mtimeNs} ${stats.ctimeNs} ${size}`;
      const before = known.get(real);
      if (before?.stamp === stamp) return before.text;
      const text = decode(await readFile(real), shown(path));
      known.set(real, { stamp, text });
      return text;
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
