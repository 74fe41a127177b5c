import { realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import picomatch from "picomatch";

import type { Diagnostic } from "../../base/diagnostics.ts";
import type { SourceFile, SourceResult } from "./contract.ts";
import { isGlob, isSkipped, isYamlName, type WalkedFile, withoutSkeletons } from "./file-walk.ts";

/** Keeps the last reading of a folder or glob, so that a few changed files can be read without walking it again. */
export interface FileChanges {
  /** A path has changed, appeared or vanished. */
  note(path: string): void;
  /** From now on every change is noted. */
  start(): void;
  /** Changes may be missed from now on. */
  stop(): void;
  /** All changes so far are read with the folder. */
  forget(): void;
  remember(result: SourceResult): void;
  /** The last reading with what was noted since; undefined when only a walk tells. */
  read(): Promise<SourceResult | undefined>;
}

interface FileChangesOptions {
  /** Absolute. */
  top: string;
  /** As the person wrote it. */
  written: string;
  readOne(file: WalkedFile): Promise<ReadFile>;
}

/** One file as it was read. */
interface ReadFile {
  real?: string;
  file?: SourceFile;
  diagnostic?: Diagnostic;
}

/** More than this is read by walking: that is one question a folder. */
const maxChanges = 200;

/** Creates it with nothing noted. */
export function createFileChanges(options: FileChangesOptions): FileChanges {
  const { top, written } = options;
  const isMatch = isGlob(written) ? picomatch(top.split(sep).join("/"), { dot: true }) : undefined;
  const noted = new Set<string>();
  let last: SourceResult | undefined;
  let isComplete = false;

  /** True for what a walk would have met. */
  function isMet(path: string): boolean {
    const way = relative(isMatch === undefined ? top : "/", path).split(sep);
    const isInside = isMatch?.(path.split(sep).join("/")) ?? (isYamlName(path) && way[0] !== "..");
    return isInside && !way.slice(0, -1).some(isSkipped);
  }

  async function readNoted(known: SourceResult): Promise<SourceResult | undefined> {
    const paths = [...noted].filter(isMet);
    noted.clear();
    const files = new Map(known.files.map((file) => [file.base, file]));
    let { diagnostics } = known;
    const realTop = isMatch === undefined ? await realpath(top) : "/";
    for (const path of paths) {
      const before = files.get(path);
      const { real, file, diagnostic } = await options.readOne({ path, real: path, isLink: true });
      // behind links, and beside the skeletons of templates, only a walk knows what counts
      const isPlain = real === undefined || real === join(realTop, relative(topOf(), path));
      if (!isPlain || isTemplate(before) || isTemplate(file)) return undefined;
      diagnostics = diagnostics.filter((each) => each.file !== (file ?? before)?.file);
      if (diagnostic !== undefined) return undefined;
      if (file === undefined) files.delete(path);
      else files.set(path, file);
    }
    const sorted = [...files.values()].toSorted((a, b) => (a.base < b.base ? -1 : 1));
    return { ...known, files: withoutSkeletons(sorted), diagnostics };
  }

  function topOf(): string {
    return isMatch === undefined ? top : "/";
  }

  return {
    note: (path) => void noted.add(path),
    start: () => void (isComplete = true),
    stop: () => void (isComplete = false),
    forget: () => noted.clear(),
    remember: (result) => void (last = result),
    async read() {
      const isWalkNeeded = noted.has(top) || noted.size > maxChanges;
      if (!isComplete || last === undefined || isWalkNeeded) return undefined;
      last = await readNoted(last).catch(() => undefined);
      return last;
    },
  };
}

function isTemplate(file: SourceFile | undefined): boolean {
  return file?.text.includes("Template") === true;
}
