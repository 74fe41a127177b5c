import { createCatalog } from "../../app/create-catalog.ts";
import { openConfiguredStorage } from "../../app/create-core.ts";
import { createOnCallSources } from "../../app/create-oncall.ts";
import { createPublishing } from "../../app/create-publisher.ts";
import { loadActions } from "../../app/load-actions.ts";
import { readManifest } from "../../app/manifest.ts";
import { CallboardError, ConflictError, toError } from "../../base/errors.ts";
import { silentLogger } from "../../base/logger.ts";
import type { Config } from "../../config/load.ts";
import { checkGithub } from "../../scaffold/publishers/github/check-github.ts";
import { checkSlack } from "../../slack/check-slack.ts";
import { createSlackClients } from "../../slack/clients.ts";
import { loadConfig, type CliContext } from "../context.ts";

/** One thing looked at: how it stands, and what to do about it. */
interface Finding {
  status: "ok" | "warning" | "error";
  what: string;
  hint?: string;
}

type Check = (config: Config) => Promise<Finding[]>;

const checks: { name: string; check: Check }[] = [
  { name: "catalog", check: lookAtCatalog },
  { name: "storage", check: lookAtStorage },
  { name: "Slack", check: lookAtSlack },
  { name: "GitHub", check: lookAtGithub },
  { name: "on-call", check: lookAtOnCall },
];

const marks = { ok: "ok     ", warning: "warning", error: "ERROR  " };
const askLimitMs = 10_000;

/** `callboard doctor`: every check runs, whatever the others say; 0 when none found an error. */
export async function runDoctor(context: CliContext): Promise<number> {
  const config = loadConfig(context);
  const print = (name: string, { status, what, hint }: Finding): void => {
    context.stdout.write(`${marks[status]}  ${name}: ${what}\n`);
    if (hint !== undefined) context.stdout.write(`         → ${hint}\n`);
  };
  print("configuration", { status: "ok", what: "every value is well formed" });
  let exitCode = 0;
  for (const { name, check } of checks) {
    for (const finding of await look(check, config)) {
      if (finding.status === "error") exitCode = 1;
      print(name, finding);
    }
  }
  return exitCode;
}

async function look(check: Check, config: Config): Promise<Finding[]> {
  try {
    return await check(config);
  } catch (thrown) {
    const hint = thrown instanceof CallboardError ? thrown.hint : undefined;
    return [
      { status: "error", what: toError(thrown).message, ...(hint === undefined ? {} : { hint }) },
    ];
  }
}

async function lookAtCatalog(config: Config): Promise<Finding[]> {
  const actions = await loadActions(config);
  const catalog = await createCatalog({ config, logger: silentLogger, clock: Date.now, actions });
  try {
    const { entities, documents, templates, errors, warnings } = catalog.status();
    const what = `${entities} entities, ${documents} documents, ${templates} templates`;
    if (entities === 0)
      return [
        {
          status: "error",
          what: "no entities",
          hint: "name your files under catalog.sources in callboard.yaml",
        },
      ];
    if (errors === 0) return [{ status: "ok", what: `${what}; ${warnings} warnings` }];
    return [
      {
        status: "warning",
        what: `${what}; ${errors} errors, ${warnings} warnings`,
        hint: "`callboard check` lists them",
      },
    ];
  } finally {
    await catalog.close();
  }
}

async function lookAtStorage(config: Config): Promise<Finding[]> {
  try {
    const storage = await openConfiguredStorage(config, silentLogger);
    try {
      await storage.ping();
      const findings = await storage.preflight();
      const ok: Finding = { status: "ok", what: `${storage.kind} storage can be written and read` };
      return [
        ok,
        ...findings.map(({ severity, message, hint }) => ({
          status: severity,
          what: message,
          ...(hint === undefined ? {} : { hint }),
        })),
      ];
    } finally {
      await storage.close();
    }
  } catch (thrown) {
    if (thrown instanceof ConflictError && thrown.code === "storage-in-use") {
      return [{ status: "ok", what: `in use by a running bot (${thrown.message})` }];
    }
    throw thrown;
  }
}

async function lookAtSlack({ environment }: Config): Promise<Finding[]> {
  const { SLACK_BOT_TOKEN: botToken, SLACK_API_URL: apiUrl } = environment;
  if (botToken === undefined) {
    return [
      {
        status: "ok",
        what: "no credentials: `npm start` opens the playground",
        hint: "docs/slack.md says how to connect a workspace",
      },
    ];
  }
  const clients = createSlackClients({
    botToken,
    logger: silentLogger,
    ...(apiUrl === undefined ? {} : { apiUrl }),
  });
  const { teamId, missingScopes } = await checkSlack(clients, readManifest().scopes);
  if (missingScopes.length === 0)
    return [{ status: "ok", what: `connected to ${teamId}, all scopes granted` }];
  return [
    {
      status: "error",
      what: `connected to ${teamId}, without the scopes ${missingScopes.join(", ")}`,
      hint: "paste manifest.yml into the app's settings again and reinstall it",
    },
  ];
}

async function lookAtGithub(config: Config): Promise<Finding[]> {
  const { github } = createPublishing(config, silentLogger);
  if (github === undefined) {
    return [
      {
        status: "ok",
        what: `no credentials: repositories are made in ${config.dataDir}/git`,
        hint: "docs/github.md says how to connect GitHub",
      },
    ];
  }
  const { name, owners } = await checkGithub(github, AbortSignal.timeout(askLimitMs));
  if (owners.length > 0)
    return [
      {
        status: "ok",
        what: `connected to ${github.host} as ${name}; may create under ${owners.join(", ")}`,
      },
    ];
  return [
    {
      status: "error",
      what: `connected to ${github.host} as ${name}, which may create repositories nowhere`,
      hint: "install the App on an organisation, or use a token with access to one",
    },
  ];
}

/** Every source is asked at the same time: one that hangs does not hide the others. */
async function lookAtOnCall(config: Config): Promise<Finding[]> {
  const sources = createOnCallSources(config);
  if (sources.length === 0)
    return [{ status: "ok", what: "no sources: docs/oncall.md says how to name some" }];
  return await Promise.all(
    sources.map(async (source): Promise<Finding> => {
      try {
        const what = await source.check(Date.now(), AbortSignal.timeout(askLimitMs));
        return { status: "ok", what: `${source.id}: ${what}` };
      } catch (thrown) {
        const hint = thrown instanceof CallboardError ? thrown.hint : undefined;
        return {
          status: "error",
          what: `${source.id}: ${toError(thrown).message}`,
          ...(hint === undefined ? {} : { hint }),
        };
      }
    }),
  );
}
