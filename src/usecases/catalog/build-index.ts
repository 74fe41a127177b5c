import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";

import { createIndexBuilder } from "../../search/build-index.ts";
import { type IndexData, isIndexData } from "../../search/index-data.ts";
import type { SearchItem } from "../../search/search-item.ts";

/** What the thread is told. */
export type IndexOrder = { type: "items"; items: SearchItem[] } | { type: "finish" };

/** Smaller indexes are built at once: starting a thread would take longer. */
export const smallSize = 2_000;
/** Items in one message; more would hold the event loop for longer than it is allowed to be held. */
const portionSize = 200;
/** How long we work before others get their turn, in milliseconds. */
const sliceMs = 8;

/**
 * Builds an index beside the event loop: items are taken in slices of a few milliseconds and indexed in a thread of its
 * own, which hands the finished arrays over without a copy. Rejects with the signal's reason when aborted.
 */
export async function buildIndexBeside(
  items: Iterable<SearchItem>,
  size: number,
  signal: AbortSignal,
): Promise<IndexData> {
  if (size > smallSize) return buildInThread(items, signal);
  const builder = createIndexBuilder();
  await inSlices(items, signal, (item) => builder.add(item));
  return builder.finish();
}

async function inSlices(
  items: Iterable<SearchItem>,
  signal: AbortSignal,
  take: (item: SearchItem) => void,
): Promise<void> {
  let sliceStart = performance.now();
  for (const item of items) {
    take(item);
    if (performance.now() - sliceStart < sliceMs) continue;
    await setImmediate();
    signal.throwIfAborted();
    sliceStart = performance.now();
  }
}

async function buildInThread(items: Iterable<SearchItem>, signal: AbortSignal): Promise<IndexData> {
  const thread = startThread();
  const done = new Promise<IndexData>((resolve, reject) => {
    thread.once("message", (data: unknown) =>
      isIndexData(data) ? resolve(data) : reject(new Error("the index thread answered nonsense")),
    );
    thread.once("error", reject);
    thread.once("exit", (code) => reject(new Error(`the index thread ended with code ${code}`)));
  });
  // an early failure is reported by the await below, not as an unhandled rejection
  done.catch(() => undefined);
  const send = (order: IndexOrder): void => thread.postMessage(order);
  const stop = (): void => void thread.terminate();
  signal.addEventListener("abort", stop, { once: true });
  try {
    let portion: SearchItem[] = [];
    await inSlices(items, signal, (item) => {
      portion.push(item);
      if (portion.length < portionSize) return;
      send({ type: "items", items: portion });
      portion = [];
    });
    send({ type: "items", items: portion });
    send({ type: "finish" });
    return await done;
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  } finally {
    signal.removeEventListener("abort", stop);
    await thread.terminate();
  }
}

function startThread(): Worker {
  if (import.meta.url.endsWith(".js"))
    return new Worker(new URL("./index-worker.js", import.meta.url));
  // From source (tests, `npm run dev`): a thread does not inherit what compiles TypeScript for its parent.
  const source = new URL("./index-worker.ts", import.meta.url).href;
  const start = `import("tsx/esm/api").then(({ register }) => { register(); return import(${JSON.stringify(source)}); });`;
  return new Worker(start, { eval: true });
}
