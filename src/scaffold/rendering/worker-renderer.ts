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
    close: () => threads.close(),
  };
}

function unexpected(reply: RenderReply): Error {
  return new Error(
    "failure" in reply ? reply.failure : "the rendering thread gave another answer than asked for",
  );
}
