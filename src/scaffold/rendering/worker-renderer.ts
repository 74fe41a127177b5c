import { InputError } from "../../base/errors.ts";
import { toJsonObject } from "../../base/json.ts";
import type { Renderer } from "../renderer.ts";
import { type RenderReply, RenderThreads, type WorkerRendererOptions } from "./render-threads.ts";

/**
 * Renders in threads of its own: what a template does there (endless loops, regular expressions that never end, gigabytes)
 * ends with the thread, after `timeoutMs` or `heapMb`, and only the step that asked for it fails. Threads start when they are
 * needed, stay for the next run, do not keep the process alive, and see neither environment nor standard input.
 */
export function createWorkerRenderer(options: WorkerRendererOptions = {}): Renderer {
  const threads = new RenderThreads(options);
  return {
    async renderDeep(value, context, world) {
      const task = { context: toJsonObject(context), world } as const;
      const reply = await threads.ask({ ...task, kind: "deep", value });
      if ("deep" in reply) return reply.deep;
      throw unexpected(reply);
    },
    async renderTexts(sources, context, world, style = {}) {
      const task = { context: toJsonObject(context), world } as const;
      const reply = await threads.ask({ ...task, kind: "texts", sources, style });
      if ("texts" in reply) return reply.texts;
      throw unexpected(reply);
    },
    async query(expression, data) {
      const world = { nowMs: 0 };
      const reply = await threads.ask({ context: {}, world, kind: "query", expression, data });
      if ("found" in reply) return reply.found;
      throw unexpected(reply);
    },
    close: () => threads.close(),
  };
}

function unexpected(reply: RenderReply): Error {
  if (!("failure" in reply))
    return new Error("the rendering thread gave another answer than asked for");
  return reply.code === undefined
    ? new Error(reply.failure)
    : new InputError(reply.code, reply.failure);
}
