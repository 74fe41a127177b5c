import {
  createTemplateRenderer,
  TemplateLimitError,
  TemplateRenderError,
  type TemplateContext,
  type TemplateRenderer,
  type TemplateRenderLimits,
  type TemplateValue,
} from "nunjitsu";

import { toError } from "../base/errors.ts";
import { isRecord, setOwn, toJsonValue, type JsonObject, type JsonValue } from "../base/json.ts";
import { createFilters } from "./filters.ts";
import { withoutReplaceAll } from "./replace-all.ts";

/** What expressions see: `parameters`, `steps`, `user`, `context`, `environment`, and where allowed `secrets` and `each`. */
export type RenderContext = Record<string, unknown>;

/** Why an expression gave nothing. */
export interface ExpressionFault {
  /** The text that holds the expression, cut to 200 characters. */
  source: string;
  /** In words, without position. */
  message: string;
  kind: "syntax" | "evaluation" | "limit";
  /** Within the text, from 1. */
  line?: number;
  column?: number;
}

/** The value of a rendered text, `undefined` when an expression alone came to nothing; or why it failed. */
export type Rendered = { value: JsonValue | undefined } | { failed: ExpressionFault };

/** How files are rendered; `template.yaml` itself is always rendered with the defaults. */
export interface RenderStyle {
  /** `{{ }}` instead of `${{ }}`, values under `cookiecutter`. */
  cookiecutterCompat?: boolean;
  trimBlocks?: boolean;
  lstripBlocks?: boolean;
}

/** What one rendering knows beside its context. */
export interface RenderWorld {
  /** What `now` prints, in milliseconds since the epoch. */
  nowMs: number;
  /** What `failure()` answers. */
  hasFailed?: boolean;
}

/** A rendered value with the faults of the strings in it; a string that failed stands as written. */
export interface DeepRendered {
  /** `undefined` when the whole value was one expression that came to nothing. */
  value: JsonValue | undefined;
  faults: { path: (string | number)[]; fault: ExpressionFault }[];
}

/** Renders texts as Backstage does. Stateless to its users; one engine per style. */
export interface ExpressionEngine {
  /** Renders one string; a string that is exactly one expression keeps the native type. */
  renderString(source: string, context: RenderContext, world: RenderWorld): Rendered;
  /** Renders every string value at any depth; keys stay. */
  renderDeep(value: JsonValue, context: RenderContext, world: RenderWorld): DeepRendered;
  /** Renders file contents or names: the results are always texts. */
  renderTexts(sources: readonly string[], context: RenderContext, world: RenderWorld): Rendered[];
  /** Parses without evaluating. */
  syntaxFault(source: string): ExpressionFault | undefined;
}

/** Bounds for rendering where somebody waits and nothing can be interrupted: tens of milliseconds at most. */
export const quickLimits: Partial<TemplateRenderLimits> = {
  sourceCodeUnits: 100_000,
  workUnits: 50_000,
  nestingDepth: 100,
  outputCodeUnits: 200_000,
  scratchBytes: 1_000_000,
  capabilityCalls: 200,
};

/**
 * Creates an engine over nunjitsu, the closed interpreter that Backstage uses.
 * Regular expressions in templates cannot be bounded, so `allowRegex` belongs into a thread that can be ended.
 */
export function createExpressionEngine(
  options: RenderStyle & { allowRegex?: boolean; limits?: Partial<TemplateRenderLimits> } = {},
): ExpressionEngine {
  const world: RenderWorld = { nowMs: 0 };
  const renderer = createRenderer(options, world);
  const limits = options.limits === undefined ? {} : { limits: options.limits };

  function renderOne(source: string, context: RenderContext): Rendered {
    if (!mayHoldExpression(source)) return { value: source };
    return attemptKindly(source, (text) => renderer.renderValue(text, toContext(context), limits));
  }
  return {
    renderString(source, context, given) {
      Object.assign(world, { hasFailed: false }, given);
      return renderOne(source, context);
    },
    renderDeep(value, context, given) {
      Object.assign(world, { hasFailed: false }, given);
      const faults: DeepRendered["faults"] = [];
      const rendered = mapStrings(value, [], (text, path) => {
        const result = renderOne(text, context);
        if ("value" in result) return result.value;
        faults.push({ path, fault: result.failed });
        return text;
      });
      return { value: rendered, faults };
    },
    renderTexts(sources, context, given) {
      Object.assign(world, { hasFailed: false }, given);
      const prepared = renderer.prepareContext(toContext(context));
      return sources.map((source) =>
        attemptKindly(source, (text) => renderer.render(text, prepared, limits)),
      );
    },
    syntaxFault(source) {
      if (!mayHoldExpression(source)) return undefined;
      const result = attempt(source, () =>
        // The engine has no parser of its own to call: without any work units it stops after parsing.
        renderer.renderValue(source, {}, { limits: { ...options.limits, workUnits: 0 } }),
      );
      return "failed" in result && result.failed.kind === "syntax" ? result.failed : undefined;
    },
  };
}

/** What the engine takes is its own; only where it fails for want of `replaceAll` is the text tried without it. */
function attemptKindly(source: string, render: (text: string) => unknown): Rendered {
  const rendered = attempt(source, () => render(source));
  if (!("failed" in rendered) || !rendered.failed.message.includes("replaceAll")) return rendered;
  const kinder = withoutReplaceAll(source);
  return kinder === undefined ? rendered : attempt(source, () => render(kinder));
}

function attempt(source: string, render: () => unknown): Rendered {
  try {
    // a fresh value: the engine's containers are frozen, and a number may be infinite
    return { value: toJsonValue(render()) };
  } catch (thrown) {
    return { failed: toFault(source, thrown) };
  }
}

function createRenderer(
  options: RenderStyle & { allowRegex?: boolean },
  world: RenderWorld,
): TemplateRenderer {
  const filters = createFilters({
    get nowMs() {
      return world.nowMs;
    },
  });
  return createTemplateRenderer({
    filters,
    globals: { always: () => true, failure: () => world.hasFailed === true },
    allowRegexExecution: options.allowRegex ?? false,
    cookiecutterCompat: options.cookiecutterCompat ?? false,
    trimBlocks: options.trimBlocks ?? false,
    lstripBlocks: options.lstripBlocks ?? false,
  });
}

/** Texts without an opening delimiter stand for themselves. */
export function mayHoldExpression(text: string): boolean {
  return text.includes("${{") || text.includes("{%") || text.includes("{#");
}

/** Maps every string value at any depth. A key whose value comes to `undefined` is gone, and so is a list's slot. */
export function mapStrings(
  value: JsonValue,
  path: (string | number)[],
  map: (text: string, path: (string | number)[]) => JsonValue | undefined,
): JsonValue | undefined {
  if (typeof value === "string") return map(value, path);
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => {
      const mapped = mapStrings(item, [...path, index], map);
      return mapped === undefined ? [] : [mapped];
    });
  }
  if (!isRecord(value)) return value;
  const result: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const mapped = mapStrings(item, [...path, key], map);
    if (mapped !== undefined) setOwn(result, key, mapped);
  }
  return result;
}

/** The engine refuses these as names of data; Backstage's catalogs never carry them on purpose. */
const reservedKeys = new Set(["__proto__", "constructor", "prototype"]);

/** Plain data only: no undefined, no reserved keys, no objects with behaviour. */
function toContext(context: RenderContext): TemplateContext {
  const plain: Record<string, TemplateValue> = {};
  for (const [key, value] of Object.entries(context)) {
    const item = toJsonValue(value);
    if (item !== undefined) plain[key] = withoutReserved(item);
  }
  return plain;
}

function withoutReserved(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(withoutReserved);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !reservedKeys.has(key));
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutReserved(item)]));
}

function toFault(source: string, thrown: unknown): ExpressionFault {
  const cut = source.length > 200 ? `${source.slice(0, 199)}…` : source;
  // the engine's messages open with their position, which we hold apart
  const message = toError(thrown).message.replace(/^Template error at line \d+, column \d+: /, "");
  if (thrown instanceof TemplateLimitError) {
    return { source: cut, message, kind: "limit", ...place(thrown) };
  }
  if (thrown instanceof TemplateRenderError) {
    const kind = thrown.phase === "parse" ? "syntax" : "evaluation";
    return { source: cut, message, kind, ...place(thrown) };
  }
  return { source: cut, message, kind: "evaluation" };
}

function place(error: TemplateLimitError | TemplateRenderError): {
  line?: number;
  column?: number;
} {
  return {
    ...(error.line === undefined ? {} : { line: error.line }),
    ...(error.column === undefined ? {} : { column: error.column }),
  };
}
