import { stringify } from "yaml";

import { parseBoundedYaml } from "../base/bounded-yaml.ts";
import { isRecord, toJsonValue, type JsonValue } from "../base/json.ts";
import { parseRef } from "../catalog/ref.ts";
import { parseRepoUrl } from "./repo-url.ts";

type FilterValue = unknown;
type Filter = (input: FilterValue, ...args: FilterValue[]) => JsonValue | undefined;

/** What a filter may know beside its input. */
export interface FilterWorld {
  /** What `now` prints: the start of the run, so that a repeat renders the same. */
  nowMs: number;
}

/**
 * The filters beside the engine's own: Backstage's four, then those that templates in the wild use from plug-ins.
 * @see https://backstage.io/docs/features/software-templates/writing-templates#filter-functions
 */
export function createFilters(world: FilterWorld): Record<string, Filter> {
  return {
    parseRepoUrl: (input) => {
      const { host, repo, owner, organization, workspace, project } = parseRepoUrl(asText(input));
      return withoutUndefined({ host, repo, owner, organization, workspace, project });
    },
    projectSlug: (input) => {
      const { owner, repo } = parseRepoUrl(asText(input));
      return `${owner ?? ""}/${repo}`;
    },
    parseEntityRef: (input, defaults) => {
      const given = isRecord(defaults) ? defaults : {};
      const { kind, namespace, name } = parseRef(asText(input), {
        defaultKind: optionalText(given["defaultKind"]),
        defaultNamespace: optionalText(given["defaultNamespace"]),
      });
      return { kind, namespace, name };
    },
    pick: (input, path) => pick(input, path),
    githubRepoUrl: (input) => {
      const { host, owner, repo } = parseRepoUrl(asText(input));
      return `https://${host}/${owner ?? ""}/${repo}`;
    },
    now: () => new Date(world.nowMs).toISOString(),
    json: (input, indent) =>
      JSON.stringify(input ?? null, undefined, typeof indent === "number" ? indent : undefined),
    // a value that was never given is nothing in JSON as well
    fromJson: (input) => (isGiven(input) ? toJsonValue(JSON.parse(asText(input))) : undefined),
    yaml: (input) => stringify(input ?? null, { lineWidth: 0 }).trimEnd(),
    parseYaml: (input) =>
      isGiven(input) ? toJsonValue(parseBoundedYaml(asText(input))) : undefined,
  };
}

/** Names of {@link createFilters}. */
export const ownFilterNames: readonly string[] = Object.keys(createFilters({ nowMs: 0 }));

/** The engine's filters: those of Nunjucks 3.2. A test holds this list to the engine. */
export const engineFilterNames: readonly string[] = (
  "abs batch capitalize center d default dictsort dump e escape first float forceescape groupby indent int join last " +
  "length list lower nl2br random reject rejectattr replace reverse round safe select selectattr slice sort string " +
  "striptags sum title trim truncate upper urlencode urlize wordcount"
).split(" ");

function isGiven(input: unknown): boolean {
  return input !== undefined && input !== null && input !== "";
}

function asText(input: unknown): string {
  if (typeof input === "string") return input;
  throw new TypeError(`expected a text, got ${input === null ? "null" : typeof input}`);
}

function optionalText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function withoutUndefined(parts: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parts).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Reads `a.b[0].c` or a list of keys from plain data; own properties only. */
function pick(input: unknown, path: unknown): JsonValue | undefined {
  const keys = Array.isArray(path)
    ? path.map(String)
    : String(path)
        // a.b[0]["c"] → a, b, 0, c
        .split(/[.[\]"']+/)
        .filter((key) => key !== "");
  let value: unknown = input;
  for (const key of keys) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return toJsonValue(value);
}
