import { UpstreamError } from "../../base/errors.ts";
import type { JsonValue } from "../../base/json.ts";
import type { Logger } from "../../base/logger.ts";
import { createPause } from "../../base/pause.ts";
import type { CatalogSource, SourceFile, SourceResult } from "../../catalog/sources/contract.ts";
import type { FileChecker } from "./file-checker.ts";
import { gatherRelated, keyOf } from "./gather-related.ts";
import { failureOf, filesOf, type KeptSource, type RelatedAnswer } from "./kept-source.ts";
import { createRefresher } from "./refresher.ts";

export interface RemoteSourceOptions {
  source: CatalogSource;
  /** Finds what files lead to. */
  checker: Pick<FileChecker, "named">;
  logger: Logger;
  clock: () => number;
  /** How long whoever builds a catalog waits for the very first reading; absent: as long as it takes. */
  firstWaitMs?: number;
  /** What is kept may be so old before `read` tries to read anew; absent: any age. */
  maxAgeMs?: number;
  /** False while another process reads; absent: true. */
  mayRead?: () => boolean;
}

interface Failure {
  code: string;
  message: string;
}

/**
 * A source behind a network, read in the background: whoever builds a catalog gets what was last read, at once, with its age
 * and what failed since.
 */
export interface RemoteSource extends CatalogSource {
  /** Reads anew; readings asked for during one share the next. Never throws: what failed is in `failure`. */
  readAnew(): Promise<void>;
  /** Takes what another life of the process or another process read; undefined leaves what is known. */
  adopt(kept: KeptSource | undefined, failure?: Failure): Promise<void>;
  /** What was last read, and whether another process did. */
  kept(): { source: KeptSource; isAdopted: boolean } | undefined;
  failure(): Failure | undefined;
  /** Milliseconds since the epoch: before this moment the other side does not want to be asked. */
  notBeforeMs(): number;
  /** When the last reading wants to be followed by another, if that is sooner than usual. */
  againInMs(): number | undefined;
  close(): Promise<void>;
}

interface Known {
  source: KeptSource;
  isAdopted: boolean;
  related: ReadonlyMap<string, RelatedAnswer>;
}

/** Wraps a source; nothing is read yet. */
export function createRemoteSource(options: RemoteSourceOptions): RemoteSource {
  const { source, clock, checker } = options;
  let known: Known | undefined;
  let failure: Failure | undefined;
  let notBeforeMs = 0;
  let againInMs: number | undefined;
  const onAgain = (waitMs: number | undefined) => void (againInMs = waitMs);

  function take(next: KeptSource, isAdopted: boolean): void {
    const related = new Map(next.related.map((answer) => [keyOf(answer), answer]));
    known = { source: next, isAdopted, related };
  }

  const refresher = createRefresher<KeptSource>({
    logger: options.logger,
    build: (_, signal) =>
      readAll(source, { before: known?.source, nowMs: clock(), onAgain, checker }, signal),
    onSwitch: (next) => take(next, false),
  });

  async function readAnew(): Promise<void> {
    if (clock() < notBeforeMs) return;
    try {
      await refresher.refresh();
      failure = undefined;
    } catch (thrown) {
      const { code, message } = failureOf(thrown);
      failure = { code, message };
      notBeforeMs = clock() + retryAfterMs(thrown);
    }
  }

  async function readFirst(): Promise<void> {
    const { firstWaitMs, maxAgeMs = Infinity, mayRead = () => true } = options;
    const isYoung = known !== undefined && clock() - known.source.readAtMs <= maxAgeMs;
    if (isYoung || (known === undefined && failure !== undefined) || !mayRead()) return;
    await within(readAnew(), firstWaitMs);
  }

  return {
    id: source.id,
    readAnew,
    async read(signal) {
      signal.throwIfAborted();
      await readFirst();
      return resultOf(known?.source, failure);
    },
    async readRelated(base, target, signal) {
      const answer = known?.related.get(keyOf({ base, target }));
      return answer === undefined ? source.readRelated(base, target, signal) : filesOf(answer);
    },
    lastPushMs: (url) => source.lastPushMs?.(url),
    async adopt(next, failed) {
      failure = failed;
      if (next === undefined) return;
      take(next, true);
      await source.recall?.(next.memory, allFiles(next));
    },
    kept: () => known,
    failure: () => failure,
    notBeforeMs: () => notBeforeMs,
    againInMs: () => (failure === undefined ? againInMs : undefined),
    close: () => refresher.close(),
  };
}

/** @throws UpstreamError while nothing is known. */
function resultOf(kept: KeptSource | undefined, failure: Failure | undefined): SourceResult {
  if (kept === undefined) {
    const { code, message } = failure ?? loading;
    throw new UpstreamError(code, message, { isRetryable: true });
  }
  const { files, diagnostics, companions, readAtMs } = kept;
  return {
    files,
    diagnostics,
    companions,
    readAtMs,
    ...(failure === undefined ? {} : { failure }),
  };
}

const loading = { code: "source-loading", message: "it is being read for the first time" };

async function readAll(
  source: CatalogSource,
  {
    before,
    nowMs,
    onAgain,
    checker,
  }: {
    before: KeptSource | undefined;
    nowMs: number;
    onAgain: (waitMs: number | undefined) => void;
    checker: Pick<FileChecker, "named">;
  },
  signal: AbortSignal,
): Promise<KeptSource> {
  const read = await source.read(signal);
  const { files, diagnostics, companions = [], readAtMs = nowMs } = read;
  const known = { before: before?.related ?? [], checker };
  const related = await gatherRelated(source, files, known, signal);
  const memory = await mapOf(source.remember?.() ?? []);
  onAgain(read.againInMs);
  return { files, diagnostics, related, companions, memory, readAtMs };
}

async function mapOf(entries: Iterable<[string, JsonValue]>): Promise<Map<string, JsonValue>> {
  const pause = createPause();
  const map = new Map<string, JsonValue>();
  for (const [key, value] of entries) {
    map.set(key, value);
    await pause();
  }
  return map;
}

/** How long the other side asked us to wait. */
function retryAfterMs(thrown: unknown): number {
  return thrown instanceof UpstreamError ? (thrown.retryAfterMs ?? 0) : 0;
}

/** Every text that the source gave. */
function allFiles({ files, related, companions }: KeptSource): SourceFile[] {
  return [
    ...files,
    ...related.flatMap((answer) => answer.files ?? []),
    ...companions.map(({ file, text, version }) => ({
      file,
      base: file,
      text,
      ...(version === undefined ? {} : { version }),
    })),
  ];
}

/** Waits for the promise, or for so long. */
async function within(promise: Promise<void>, limitMs: number | undefined): Promise<void> {
  if (limitMs === undefined) return promise;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}
