import { parentPort } from "node:worker_threads";

import { toError } from "../../base/errors.ts";
import { createExpressionEngine } from "../expressions.ts";
import { createEngineCache } from "../renderer.ts";
import { readyMessage, type RenderReply, type RenderTask } from "./render-threads.ts";

/** Entry of the rendering thread: one task in, one reply out. It has no environment and is ended when it takes too long. */
const engineFor = createEngineCache((style) =>
  createExpressionEngine({ ...style, allowRegex: true }),
);

function work(task: RenderTask): RenderReply {
  try {
    if (task.kind === "deep") {
      return { deep: engineFor({}).renderDeep(task.value, task.context, task.world) };
    }
    const engine = engineFor(task.style);
    return { texts: engine.renderTexts(task.sources, task.context, task.world) };
  } catch (thrown) {
    return { failure: toError(thrown).message };
  }
}

parentPort?.on("message", (task: RenderTask) => parentPort?.postMessage(work(task)));
parentPort?.postMessage(readyMessage);
