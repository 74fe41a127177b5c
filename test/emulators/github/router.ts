import { isRecord } from "../../../src/base/json.ts";
import type { Reply } from "./replies.ts";
import type { Actor, World } from "./world.ts";

/** One request, as handlers see it. */
export interface Call {
  world: World;
  actor: Actor;
  params: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, unknown>;
  /** The ETag that the caller has. */
  ifNoneMatch?: string | undefined;
}

export type Handler = (call: Call) => Reply | Promise<Reply>;

export interface Route {
  method: string;
  /** As in GitHub's OpenAPI: `/repos/{owner}/{repo}/git/refs/{ref}`. */
  template: string;
  handler: Handler;
}

// These parameters hold slashes.
const greedy = new Set(["ref", "path", "branch_path"]);

interface CompiledRoute extends Route {
  pattern: RegExp;
  names: string[];
}

/** Makes routes out of `"GET /repos/{owner}/{repo}": handler`. */
export function compileRoutes(tables: Record<string, Handler>[]): CompiledRoute[] {
  return tables.flatMap((table) =>
    Object.entries(table).map(([key, handler]) => {
      const [method = "", template = ""] = key.split(" ");
      const names: string[] = [];
      const source = template.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
        names.push(name);
        return greedy.has(name) ? "(.+)" : "([^/]+)";
      });
      return { method, template, handler, names, pattern: new RegExp(`^${source}$`) };
    }),
  );
}

/** The first route that fits, with its parameters decoded. */
export function matchRoute(
  routes: CompiledRoute[],
  method: string,
  pathname: string,
): { route: Route; params: Record<string, string> } | undefined {
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(pathname) : null;
    if (match === null) continue;
    const params = Object.fromEntries(
      route.names.map((name, at) => [name, decodeURIComponent(match[at + 1] ?? "")]),
    );
    return { route, params };
  }
  return undefined;
}

/** A parameter that the route's template has. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`the route has no parameter ${name}`);
  return value;
}

export function text(body: Record<string, unknown>, key: string): string | undefined {
  const value = body[key];
  return typeof value === "string" ? value : undefined;
}

export function list(body: Record<string, unknown>, key: string): string[] {
  const value = body[key];
  return Array.isArray(value) ? value.map(String) : [];
}

/** An object inside a body; an empty one where it is absent or something else. */
export function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

/** A list of objects inside a body. */
export function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(record) : [];
}
