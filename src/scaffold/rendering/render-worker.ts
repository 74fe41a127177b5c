import { parentPort } from "node:worker_threads";

import { InputError, toError } from "../../base/errors.ts";
import { createExpressionEngine } from "../expressions.ts";
import { queryData } from "../query.ts";
import { createEngineCache } from "../renderer.ts";
import { readyMessage, type RenderReply, type RenderTask } from "./render-threads.ts";

/** Entry of the rendering thread: one task in, one reply out. It has no environment and is ended when it takes too long. */
const engineFor = createEngineCache((style) =>
  createExpressionEngine({ ...style, allowRegex: true }),
);

async function work(task: RenderTask): Promise<RenderReply> {
  try {
    if (task.kind === "query") return { found: await queryData(task.expression, task.data) };
    if (task.kind === "deep") {
      return { deep: engineFor({}).renderDeep(task.value, task.context, task.world) };
    }
    const engine = engineFor(task.style);
    return { texts: engine.renderTexts(task.sources, task.context, task.world) };
  } catch (thrown) {
    const code = thrown instanceof InputError ? { code: thrown.code } : {};
    return { failure: toError(thrown).message, ...code };
  }
}

parentPort?.on("message", (task: RenderTask) => {
  void work(task).then((reply) => parentPort?.postMessage(reply));
});
parentPort?.postMessage(readyMessage);
