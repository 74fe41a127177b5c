import type { JsonValue } from "../base/json.ts";
import {
  createExpressionEngine,
  quickLimits,
  type DeepRendered,
  type ExpressionEngine,
  type RenderContext,
  type Rendered,
  type RenderStyle,
  type RenderWorld,
} from "./expressions.ts";
import { queryData } from "./query.ts";

/**
 * Renders what a run needs, somewhere a hostile template can do no harm. Implementations: `rendering/worker-renderer.ts`
 * (a thread with time and memory limits, for runs) and {@link inProcessRenderer}.
 */
export interface Renderer {
  /** Renders all string values in `value`. @throws InputError `render-timeout` when it took too long or too much memory. */
  renderDeep(value: JsonValue, context: RenderContext, world: RenderWorld): Promise<DeepRendered>;
  /** Renders texts to texts, in order. @throws InputError `render-timeout`. */
  renderTexts(
    sources: readonly string[],
    context: RenderContext,
    world: RenderWorld,
    style?: RenderStyle,
  ): Promise<Rendered[]>;
  /**
   * Evaluates a JSONata expression; undefined when it comes to nothing.
   * @throws InputError `query-failed` with the place in the expression, `render-timeout`.
   */
  query(expression: string, data: JsonValue): Promise<JsonValue | undefined>;
  close(): Promise<void>;
}

/** Renders at once, within tight limits and without regular expressions: for previews and tests. */
export function inProcessRenderer(limits = quickLimits): Renderer {
  const engineFor = createEngineCache((style) => createExpressionEngine({ ...style, limits }));
  return {
    renderDeep: async (value, context, world) => engineFor({}).renderDeep(value, context, world),
    renderTexts: async (sources, context, world, style = {}) =>
      engineFor(style).renderTexts(sources, context, world),
    query: (expression, data) => queryData(expression, data),
    close: async () => undefined,
  };
}

/** One engine for each style: there are at most eight. */
export function createEngineCache(
  create: (style: RenderStyle) => ExpressionEngine,
): (style: RenderStyle) => ExpressionEngine {
  const engines = new Map<string, ExpressionEngine>();
  return (style) => {
    const key = [style.cookiecutterCompat, style.trimBlocks, style.lstripBlocks].join();
    let engine = engines.get(key);
    if (engine === undefined) {
      engine = create(style);
      engines.set(key, engine);
    }
    return engine;
  };
}
