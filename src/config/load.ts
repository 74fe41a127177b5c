import { dirname, resolve } from "node:path";

import { LineCounter, parseDocument, type Document } from "yaml";
import type { z } from "zod";

import { assertBoundedYaml } from "../base/bounded-yaml.ts";
import { toError } from "../base/errors.ts";
import { isRecord } from "../base/json.ts";
import { keyMeta } from "./schema-key.ts";
import { configSchema, environmentSchema, type Environment, type FileConfig } from "./schema.ts";

/** Everything the process was told, checked and frozen. */
export interface Config {
  environment: Environment;
  file: FileConfig;
  /** Folder that relative paths of the file resolve against, absolute. */
  baseDir: string;
  /** Absolute. */
  dataDir: string;
}

/** One wrong value: where it stands, what it is (secrets masked) and what was expected. */
export interface ConfigFault {
  key: string;
  value: string;
  expected: string;
}

export interface ConfigInput {
  env: Record<string, string | undefined>;
  /** Absolute. */
  cwd: string;
  /** The configuration file, when there is one. */
  file?: { path: string; text: string };
}

export type ConfigResult =
  | { config: Config; faults: [] }
  | { config: undefined; faults: ConfigFault[] };

/** Checks environment and file together and reports all faults at once. Pure: the caller reads both. */
export function parseConfig(input: ConfigInput): ConfigResult {
  const faults: ConfigFault[] = [];
  const env = Object.fromEntries(
    Object.entries(input.env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const inserted = new Set<string>();
  const insertion = { env, faults, inserted };
  const written = input.file === undefined ? {} : readFileValues(input.file, insertion);
  const parsed = configSchema.safeParse({ environment: env, file: written });
  if (!parsed.success) {
    faults.push(
      ...parsed.error.issues
        .flatMap(splitUnknownKeys)
        .map((issue) => toFault(issue, { environment: env, file: written }, input.file?.path))
        .map((fault) => ({ ...fault, value: withoutInserted(fault.value, inserted) })),
    );
  }
  faults.push(...combinationFaults(env));
  if (!parsed.success || faults.length > 0) return { config: undefined, faults };
  const { environment, file } = parsed.data;
  if (environment.SLACK_CLIENT_ID !== undefined && file.slack.workspaces.length === 0) {
    return { config: undefined, faults: [noWorkspaces] };
  }
  const config: Config = {
    environment,
    file,
    baseDir: input.file === undefined ? input.cwd : dirname(resolve(input.cwd, input.file.path)),
    dataDir: resolve(input.cwd, environment.CALLBOARD_DATA_DIR),
  };
  return { config: Object.freeze(config), faults: [] };
}

/** `SLACK_BOT_TOKEN: “***”: expected a bot token, xoxb-…` */
export function formatConfigFault(fault: ConfigFault): string {
  return `${fault.key}: ${fault.value}: expected ${fault.expected}`;
}

/** Without it anybody could install the app elsewhere and read the catalog from there. */
const noWorkspaces: ConfigFault = {
  key: "slack.workspaces",
  value: "not set",
  expected: "the ids of the workspaces that may install the app, since SLACK_CLIENT_ID is set",
};

/** Keys that make no sense without another: when one of `given` is set, one of `needed` must be. */
const companions: { given: string[]; needed: string[]; expected: string }[] = [
  {
    given: ["SLACK_BOT_TOKEN", "SLACK_CLIENT_ID"],
    needed: ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"],
    expected:
      "an app-level token for Socket Mode, or SLACK_SIGNING_SECRET for HTTP, beside SLACK_BOT_TOKEN or SLACK_CLIENT_ID",
  },
  {
    given: ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"],
    needed: ["SLACK_BOT_TOKEN", "SLACK_CLIENT_ID"],
    expected: "a bot token beside the other Slack credentials",
  },
  {
    given: ["SLACK_CLIENT_ID"],
    needed: ["SLACK_CLIENT_SECRET"],
    expected: "the client secret that belongs to SLACK_CLIENT_ID",
  },
  {
    given: ["SLACK_CLIENT_SECRET"],
    needed: ["SLACK_CLIENT_ID"],
    expected: "the client id that SLACK_CLIENT_SECRET belongs to",
  },
  {
    given: ["GITHUB_APP_ID"],
    needed: ["GITHUB_APP_PRIVATE_KEY"],
    expected: "the private key of the app that GITHUB_APP_ID names",
  },
  {
    given: ["GITHUB_APP_PRIVATE_KEY"],
    needed: ["GITHUB_APP_ID"],
    expected: "the id of the app that GITHUB_APP_PRIVATE_KEY belongs to",
  },
];

function combinationFaults(env: Record<string, string | undefined>): ConfigFault[] {
  const isSet = (name: string): boolean => env[name] !== undefined;
  const faults = companions
    .filter(({ given, needed }) => given.some(isSet) && !needed.some(isSet))
    .map(({ needed, expected }) => ({ key: needed[0] ?? "", value: "not set", expected }));
  const role = env["CALLBOARD_ROLE"];
  if (role === "web" || role === "worker") faults.push(...splitFaults(role, isSet));
  if (isSet("SLACK_BOT_TOKEN") && isSet("SLACK_CLIENT_ID")) {
    faults.push({
      key: "SLACK_CLIENT_ID",
      value: "“***”",
      expected: "no value, since SLACK_BOT_TOKEN is set: it is one workspace or OAuth for several",
    });
  }
  if (isSet("REDIS_URL") && isSet("DATABASE_URL")) {
    faults.push({
      key: "DATABASE_URL",
      value: "“***”",
      expected: "no value, since REDIS_URL is set: runs and jobs live in one place",
    });
  }
  return faults;
}

/** What `${NAME}` stands for. */
interface Insertion {
  env: Record<string, string | undefined>;
  faults: ConfigFault[];
  /** All values that were put in: they may be secrets. */
  inserted: Set<string>;
}

/** A fault may show a value that holds a secret, such as one under a misspelt key. */
function withoutInserted(text: string, inserted: ReadonlySet<string>): string {
  return [...inserted].reduce((shown, value) => shown.replaceAll(value, "***"), text);
}

/** Parted processes must be able to meet: in Slack, and in a storage that takes more than one process. */
function splitFaults(role: string, isSet: (name: string) => boolean): ConfigFault[] {
  const faults: ConfigFault[] = [];
  if (!isSet("SLACK_BOT_TOKEN") && !isSet("SLACK_CLIENT_ID")) {
    faults.push({
      key: "SLACK_BOT_TOKEN",
      value: "not set",
      expected: `a bot token for the role ${role}; the playground is one process, role all`,
    });
  }
  if (!isSet("REDIS_URL") && !isSet("DATABASE_URL")) {
    faults.push({
      key: "REDIS_URL",
      value: "not set",
      expected: `an address, or DATABASE_URL, for the role ${role}: the embedded database belongs to one process`,
    });
  }
  return faults;
}

function readFileValues(file: { path: string; text: string }, insertion: Insertion): unknown {
  const { faults } = insertion;
  try {
    assertBoundedYaml(file.text);
  } catch (thrown) {
    faults.push({
      key: file.path,
      value: "unreadable",
      expected: `YAML (${toError(thrown).message})`,
    });
    return {};
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(file.text, { lineCounter, prettyErrors: false });
  for (const error of document.errors) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    faults.push({
      key: `${file.path}:${line}:${col}`,
      value: "unreadable",
      expected: `YAML (${error.message})`,
    });
  }
  if (document.errors.length > 0) return {};
  return insertEnvironment(toValue(document, file.path, faults) ?? {}, file.path, insertion);
}

function toValue(document: Document, path: string, faults: ConfigFault[]): unknown {
  try {
    return document.toJS();
  } catch (thrown) {
    // toJS refuses alias bombs
    faults.push({
      key: path,
      value: "unreadable",
      expected: `YAML without excessive aliases (${String(thrown)})`,
    });
    return {};
  }
}

/** Replaces `${NAME}` in string values by environment variables. */
function insertEnvironment(value: unknown, path: string, insertion: Insertion): unknown {
  const insert = (item: unknown): unknown => insertEnvironment(item, path, insertion);
  if (Array.isArray(value)) return value.map(insert);
  if (isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, insert(item)]));
  }
  if (typeof value !== "string") return value;
  const { env, faults, inserted } = insertion;
  // ${NAME}
  return value.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
    const found = env[name];
    if (found !== undefined) inserted.add(found);
    else
      faults.push({
        key: path,
        value: `“${whole}”`,
        expected: `the environment variable ${name} to be set`,
      });
    return found ?? whole;
  });
}

function toFault(
  issue: { path: PropertyKey[]; message: string },
  input: { environment: unknown; file: unknown },
  path?: string,
): ConfigFault {
  const [section, ...rest] = issue.path;
  const key = rest.map(String).join(".");
  const value = valueAt(input, issue.path);
  const isSecret = section === "environment" && isSecretKey(String(rest[0]));
  return {
    key:
      section === "environment"
        ? key
        : `${path ?? "callboard.yaml"}: ${key === "" ? "top level" : key}`,
    value:
      value === undefined
        ? "not set"
        : isSecret
          ? "“***”"
          : `“${shorten(JSON.stringify(value))}”`.replaceAll('“"', "“").replaceAll('"”', "”"),
    expected: issue.message
      // zod's own wording: “Invalid input: expected string, received undefined”
      .replace(/^Invalid input: expected /, "")
      .replace(/, received .*$/, ""),
  };
}

/** One finding for each unknown key, at the key itself. */
function splitUnknownKeys(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string }[] {
  if (issue.code !== "unrecognized_keys") return [issue];
  return issue.keys.map((key) => ({
    path: [...issue.path, key],
    message: "no such key; see docs/configuration.md for the list",
  }));
}

function isSecretKey(name: string): boolean {
  const shape: Record<string, z.ZodType> = environmentSchema.shape;
  const schema = shape[name];
  return schema !== undefined && keyMeta(schema).isSecret === true;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const step of path)
    value = isRecord(value)
      ? value[String(step)]
      : Array.isArray(value)
        ? value[Number(step)]
        : undefined;
  return value;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
