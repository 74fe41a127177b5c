import { createRequire } from "node:module";
import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { z } from "zod";

import { InputError, toError } from "../base/errors.ts";
import { isRecord } from "../base/json.ts";
import { defineAction, type ActionRegistry, type AnyAction } from "../scaffold/action.ts";
import { createActionRegistry } from "../scaffold/actions/builtin-actions.ts";
import type { Plugin, PluginApi } from "./contract.ts";

const isFunction = (value: unknown): boolean => typeof value === "function";

const actionShape = z.object({
  id: z.string().regex(/^[a-z][\w-]*(?::[\w-]+)+$/i, "such as acme:ticket:create"),
  description: z.string().min(1),
  // duck-typed: a plug-in may bring its own copy of zod
  input: z.custom<AnyAction["input"]>(
    (value) => isRecord(value) && isFunction(value["safeParse"]),
    "a zod schema",
  ),
  supportsDryRun: z.boolean(),
  changesWorkspace: z.boolean().optional(),
  exampleOutput: z
    .custom<AnyAction["exampleOutput"]>(
      (value) => value === undefined || isFunction(value),
      "a function",
    )
    .optional(),
  run: z.custom<AnyAction["run"]>(isFunction, "a function"),
});

const pluginShape = z.object({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "lower case, digits and hyphens"),
  apiVersion: z.literal(1, "1, the only version there is"),
  actions: z.array(actionShape),
});

/**
 * Loads plug-ins from files (`./plugins/tickets.mjs`, relative to `baseDir`) or installed packages, in the order given.
 * @throws InputError `plugin-unreadable`, `plugin-invalid` with every fault.
 */
export async function loadPlugins(paths: readonly string[], baseDir: string): Promise<Plugin[]> {
  const plugins: Plugin[] = [];
  for (const path of paths) plugins.push(await loadPlugin(path, baseDir));
  return plugins;
}

/** The actions of plug-ins beside those of `base`. @throws ConflictError `action-duplicate`. */
export function actionsWith(plugins: readonly Plugin[], base: ActionRegistry): ActionRegistry {
  return createActionRegistry(
    plugins.flatMap((plugin) => plugin.actions),
    base,
  );
}

async function loadPlugin(path: string, baseDir: string): Promise<Plugin> {
  const exported = await importFile(path, baseDir);
  const entry = exported["plugin"] ?? exported["default"];
  const api: PluginApi = { defineAction, z };
  let made: unknown = entry;
  if (typeof entry === "function") {
    try {
      made = await Reflect.apply(entry, undefined, [api]);
    } catch (thrown) {
      throw new InputError(
        "plugin-unreadable",
        `the plug-in ${path} failed to start: ${toError(thrown).message}`,
        { cause: thrown },
      );
    }
  }
  const parsed = pluginShape.safeParse(made);
  if (parsed.success) return withOwnActions(parsed.data, made);
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new InputError(
    "plugin-invalid",
    `${path} is not a plug-in: ${faults.slice(0, 5).join("; ")}`,
    {
      hint: "export `plugin`, a function that returns { name, apiVersion: 1, actions }; docs/actions.md has an example",
    },
  );
}

async function importFile(path: string, baseDir: string): Promise<Record<string, unknown>> {
  try {
    const exported: unknown = await import(targetOf(path, baseDir));
    return typeof exported === "object" && exported !== null ? { ...exported } : {};
  } catch (thrown) {
    throw new InputError(
      "plugin-unreadable",
      `the plug-in ${path} cannot be loaded: ${toError(thrown).message}`,
      {
        hint: "name a JavaScript file (.mjs) relative to the configuration file, or an installed package",
        cause: thrown,
      },
    );
  }
}

/** A package is looked for where the configuration stands, then beside Callboard. */
function targetOf(path: string, baseDir: string): string {
  if (path.startsWith(".") || isAbsolute(path)) return pathToFileURL(resolve(baseDir, path)).href;
  try {
    return pathToFileURL(createRequire(resolve(baseDir, "callboard.yaml")).resolve(path)).href;
  } catch {
    return path;
  }
}

/** The actions as they were written: a copy would lose what their methods find on `this`. */
function withOwnActions(checked: z.output<typeof pluginShape>, written: unknown): Plugin {
  const actions = isRecord(written) && Array.isArray(written["actions"]) ? written["actions"] : [];
  return {
    ...checked,
    actions: checked.actions.map((action, index) => bound(action, actions[index])),
  };
}

function bound(checked: z.output<typeof actionShape>, written: unknown): AnyAction {
  const { changesWorkspace, exampleOutput, ...action } = checked;
  return {
    ...action,
    ...(changesWorkspace === undefined ? {} : { changesWorkspace }),
    ...(exampleOutput === undefined
      ? {}
      : { exampleOutput: (input) => exampleOutput.call(written, input) }),
    run: (input, context) => action.run.call(written, input, context),
  };
}
