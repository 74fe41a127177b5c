import { parentPort } from "node:worker_threads";

import { createIndexBuilder } from "../../search/build-index.ts";
import { buffersOf } from "../../search/index-data.ts";
import type { IndexOrder } from "./build-index.ts";

/** The thread that builds an index: items come in portions, the finished index goes back without being copied. */
const builder = createIndexBuilder();
const port = parentPort;

port?.on("message", (order: IndexOrder) => {
  if (order.type === "items") {
    for (const item of order.items) builder.add(item);
    return;
  }
  const data = builder.finish();
  port.postMessage(data, buffersOf(data));
  port.close();
});
