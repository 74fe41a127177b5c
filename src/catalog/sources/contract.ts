import type { Diagnostic } from "../../base/diagnostics.ts";
import type { JsonValue } from "../../base/json.ts";

/** One file as a source read it; nothing is parsed yet. */
export interface SourceFile {
  /** Path as the person knows it, or URL. */
  file: string;
  /** Absolute path or URL: what relative references inside resolve against. */
  base: string;
  text: string;
  /**
   * Set when nobody named this very file (it was met while walking a folder or a glob): what is no entity in it is then
   * skipped in silence.
   */
  isImplied?: boolean;
  /**
   * Set when another catalog made this entity: its Locations and placeholders were followed there, and its annotations
   * say rightly where it comes from.
   */
  isResolved?: boolean;
  /** Set when the source made the entity of something else, such as a team: one that a person wrote for the same replaces it. */
  isDerived?: boolean;
  /** How the source recognises the file unchanged, such as a git blob's id. */
  version?: string;
}

/** A file that says more about a repository than its catalog files do. */
export interface Companion {
  /** A navigation is an `mkdocs.yml`: it arranges the documents of its repository. */
  kind: "codeowners" | "document" | "navigation";
  /** The repository's page, `https://github.com/acme/pay`. */
  repository: string;
  /** `acme/pay` */
  slug: string;
  /** The page that shows the file. */
  file: string;
  text: string;
  /** As of a `SourceFile`. */
  version?: string;
  /** Of the last commit that touched it, in milliseconds since the epoch; absent where nobody knows. */
  changedAtMs?: number;
}

/** What one reading of a source gave. Findings about files that could not be read stand beside those that could. */
export interface SourceResult {
  files: SourceFile[];
  diagnostics: Diagnostic[];
  /** Milliseconds since the epoch: when all of this was read; absent: just now. */
  readAtMs?: number;
  /** Set when the source cannot be read now and this is what an earlier reading gave. */
  failure?: { code: string; message: string };
  /** What came along with the catalog files. */
  companions?: readonly Companion[];
  /** When it is worth reading again, if that is sooner than usual; 0 when only a part was read. */
  againInMs?: number | undefined;
}

/**
 * Where catalog files come from. Implementations: `file.ts`, `url.ts`, `github.ts`, `backstage.ts`.
 * All of them pass `test/contracts/catalog-source.ts`.
 */
export interface CatalogSource {
  /** Stable and readable, such as `file:./catalog`. */
  id: string;
  /** Kinds that its files may define, in lower case; absent: all. */
  allow?: ReadonlySet<string>;
  /**
   * Reads everything. A file that cannot be read is a diagnostic; a source that fails as a whole throws `UpstreamError`,
   * and the caller keeps the last good result.
   * @param how.isQuick A source that watches may read only what it has been told of since its last reading.
   */
  read(signal: AbortSignal, how?: { isQuick: boolean }): Promise<SourceResult>;
  /** Reads one more file that a Location or placeholder names; undefined when it does not exist. */
  readRelated(base: string, target: string, signal: AbortSignal): Promise<SourceFile[] | undefined>;
  /**
   * When something was last pushed to the repository that holds an address, in milliseconds since the epoch, as of the last
   * reading; undefined where the source does not know. Asks nobody.
   */
  lastPushMs?(url: string): number | undefined;
  /** How many related files may be asked for at the same time; absent: a few. */
  parallelReads?: number;
  /** What it has to know of its last reading to ask only for changes in another life of the process. */
  remember?(): Iterable<[string, JsonValue]>;
  /** Takes up what it remembered, with all files it had given, related ones included. */
  recall?(
    memory: ReadonlyMap<string, JsonValue>,
    files: readonly SourceFile[],
  ): void | Promise<void>;
  /** Calls `onChange` after files changed (debounced); returns the close. */
  watch?(onChange: () => void): Promise<() => Promise<void>>;
}

/** A source that tells of changes by itself. */
export type WatchedSource = CatalogSource & Required<Pick<CatalogSource, "watch">>;
