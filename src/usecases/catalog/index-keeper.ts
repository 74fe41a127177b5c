import { toError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { createPause } from "../../base/pause.ts";
import type { WellKnown } from "../../catalog/well-known.ts";
import { createIndexBuilder } from "../../search/build-index.ts";
import type { IndexData } from "../../search/index-data.ts";
import { numbersOf, openOverlayIndex } from "../../search/overlay-index.ts";
import { openSearchIndex, type SearchIndex } from "../../search/search-index.ts";
import { buildIndexBeside, smallSize } from "./build-index.ts";
import { changedItems, type Indexed } from "./changed-items.ts";
import { searchItemsOf } from "./search-items.ts";

export interface IndexKeeperOptions {
  wellKnown: WellKnown;
  logger: Logger;
  /** How long after a change everything is indexed anew beside; changes that come meanwhile wait with it. Default 3,000. */
  mergeMs?: number;
  /** The index over everything is new: whoever asks for one the next time gets it. */
  onMerged: () => void;
}

/**
 * Gives each catalog its search index. A large one is built anew beside the event loop; until that is done, what has changed
 * stands in a small index over the large one, so that a changed file is found at once.
 */
export interface IndexKeeper {
  /** Rejects with the signal's reason when aborted. */
  indexOf(indexed: Indexed, signal: AbortSignal): Promise<SearchIndex>;
  close(): Promise<void>;
}

/** More than this is built anew before it is shown: the small index is meant to be small. */
const maxChanged = 500;

/** An index over everything, with what it was built over. */
interface Base {
  of: Indexed;
  data: IndexData;
  index: SearchIndex;
}

/** Creates a keeper that has no index yet. */
export function createIndexKeeper(options: IndexKeeperOptions): IndexKeeper {
  const { wellKnown, mergeMs = 3_000 } = options;
  const abort = new AbortController();
  let base: Base | undefined;
  let latest: Indexed | undefined;
  let timer: NodeJS.Timeout | undefined;
  let merging: Promise<void> | undefined;

  async function build(indexed: Indexed, signal: AbortSignal): Promise<SearchIndex> {
    const items = searchItemsOf(indexed.catalog, indexed.documents, wellKnown);
    const data = await buildIndexBeside(items, sizeOf(indexed), signal);
    base = { of: indexed, data, index: openSearchIndex(data) };
    return base.index;
  }

  /** Indexes what was asked for last, once nothing has changed for a while. */
  function mergeSoon(): void {
    if (timer !== undefined || abort.signal.aborted) return;
    timer = setTimeout(() => {
      timer = undefined;
      if (latest === undefined || merging !== undefined) return;
      merging = build(latest, abort.signal)
        .then(() => options.onMerged())
        .catch((thrown: unknown) => {
          if (!abort.signal.aborted)
            options.logger.error({ error: toError(thrown).message }, "search index not built");
        })
        .finally(() => (merging = undefined));
    }, mergeMs);
    timer.unref();
  }

  return {
    async indexOf(indexed, signal) {
      latest = indexed;
      const known = base;
      if (known === undefined || sizeOf(indexed) <= smallSize) return build(indexed, signal);
      const index = await overlay(known, indexed, wellKnown);
      signal.throwIfAborted();
      if (index === undefined) return build(indexed, signal);
      if (index !== known.index) mergeSoon();
      return index;
    },
    async close() {
      clearTimeout(timer);
      abort.abort();
      await merging;
    },
  };
}

/** The index with what has changed since over it; undefined when that is too much. */
async function overlay(
  known: Base,
  now: Indexed,
  wellKnown: WellKnown,
): Promise<SearchIndex | undefined> {
  const pause = createPause();
  const { items, gone } = await changedItems(known.of, now, { wellKnown, most: maxChanged });
  if (items.length > maxChanged) return undefined;
  if (items.length === 0 && gone.size === 0) return known.index;
  const builder = createIndexBuilder();
  for (const item of items) {
    builder.add(item);
    await pause();
  }
  const numbers = numbersOf(known.data, gone);
  let step = numbers.next();
  for (; step.done !== true; step = numbers.next()) await pause();
  return openOverlayIndex(known.data, builder.finish(), step.value);
}

function sizeOf({ catalog, documents }: Indexed): number {
  return catalog.entities.size + documents.length;
}
