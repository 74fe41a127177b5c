import { setTimeout as sleep } from "node:timers/promises";

import picomatch from "picomatch";

import { toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { CheckReport } from "../catalog/report.ts";
import type { Config } from "../config/load.ts";
import type { GithubEvent } from "../http/github-event.ts";
import type { GithubClient } from "../scaffold/publishers/github/client.ts";
import { githubError } from "../scaffold/publishers/github/errors.ts";
import type { RecordStore } from "../storage/contract.ts";
import {
  checkRunParts,
  type CommitFindings,
  type Recipient,
  recipientOf,
} from "../usecases/catalog/catalog-feedback.ts";
import { configuredWellKnown } from "./catalog-well-known.ts";
import type { CatalogState } from "./create-catalog.ts";

export type PushEvent = Extract<GithubEvent, { kind: "push" }>;

export interface FeedbackOptions {
  config: Config;
  logger: Logger;
  records: RecordStore;
  catalog: Pick<CatalogState, "check" | "snapshot">;
  github: GithubClient | undefined;
  /** Writes to the author of a commit. */
  tell: (recipient: Recipient, findings: CommitFindings) => Promise<void>;
}

/** Tells authors what is wrong with the catalog files that they pushed. */
export interface Feedback {
  /** Looks at a push in the background; each commit is told of once. */
  onPush(event: PushEvent): void;
  close(): Promise<void>;
}

/** GitHub's servers may not have the commit yet that it told of. */
const lagTries = 5;
const lagWaitMs = 2_000;
const toldTtlMs = 30 * 24 * 3_600_000;

/** Creates the feedback; it does nothing unless `catalog.feedback` is on. */
export function createFeedback(options: FeedbackOptions): Feedback {
  const { config, logger } = options;
  const stopping = new AbortController();
  let working: Promise<unknown> = Promise.resolve();
  return {
    onPush(event) {
      if (!config.file.catalog.feedback) return;
      const file = catalogFileOf(event, config);
      if (file === undefined || stopping.signal.aborted) return;
      working = working
        .then(() =>
          stopping.signal.aborted ? undefined : look(event, file, options, stopping.signal),
        )
        .catch((thrown: unknown) => {
          logger.warn({ error: toError(thrown).message }, "feedback on a push failed");
        });
    },
    async close() {
      stopping.abort();
      await working;
    },
  };
}

/** The path at which a push is read, if it changed a catalog file there. */
function catalogFileOf(event: PushEvent, config: Config): string | undefined {
  for (const source of config.file.catalog.sources) {
    if (source.type !== "github" || source.org.toLowerCase() !== event.owner.toLowerCase())
      continue;
    const isRead =
      source.branch === undefined ? event.isDefaultBranch : source.branch === event.branch;
    const path = source.path.replace(/^\/+/, "");
    const isFile = picomatch(path, { dot: true });
    const isChanged = event.commits.some(({ changed }) => changed.some((each) => isFile(each)));
    if (isRead && isChanged) return path;
  }
  return undefined;
}

async function look(
  event: PushEvent,
  path: string,
  options: FeedbackOptions,
  signal: AbortSignal,
): Promise<void> {
  const { records, catalog, config } = options;
  const key = `feedback:${event.owner}/${event.name}:${event.headOid}`.slice(0, 200);
  const once = { ifVersion: 0, ttlMs: toldTtlMs };
  if ((await records.put("seen", key, true, once)) === undefined) return;
  const report = await checkCommit(`${event.url}/blob/${event.headOid}/${path}`, catalog, signal);
  if (report.diagnostics.length === 0) return;
  const author = event.commits.find(({ id }) => id === event.headOid)?.author;
  const findings: CommitFindings = {
    repositoryUrl: event.url,
    repository: `${event.owner}/${event.name}`,
    headOid: event.headOid,
    author: author ?? { name: "", email: "" },
    findings: report.diagnostics,
  };
  await postCheckRun(event, findings, options, signal);
  const hasErrors = report.diagnostics.some(({ severity }) => severity === "error");
  const wellKnown = configuredWellKnown(config.file.catalog);
  const recipient = recipientOf(findings.author, catalog.snapshot().catalog, wellKnown);
  if (hasErrors && recipient !== undefined) await options.tell(recipient, findings);
}

async function checkCommit(
  url: string,
  catalog: FeedbackOptions["catalog"],
  signal: AbortSignal,
): Promise<CheckReport> {
  for (let attempt = 1; ; attempt += 1) {
    const report = await catalog.check(url);
    const isMissing = report.diagnostics.some(({ code }) => code === "source-missing");
    if (!isMissing) return report;
    if (attempt >= lagTries) return { files: 0, entities: 0, diagnostics: [] };
    await sleep(lagWaitMs, undefined, { signal });
  }
}

/** Only a GitHub App may; with a token the author is told in Slack alone. */
async function postCheckRun(
  { owner, name: repo }: PushEvent,
  findings: CommitFindings,
  { github, logger }: FeedbackOptions,
  signal: AbortSignal,
): Promise<void> {
  if (github === undefined) return;
  const { first, more } = checkRunParts(findings);
  try {
    const octokit = await github.forOwner(owner, signal);
    const request = { signal };
    const created = await octokit.request("POST /repos/{owner}/{repo}/check-runs", {
      owner,
      repo,
      ...first,
      request,
    });
    const where = { owner, repo, check_run_id: Number(created.data.id) };
    for (const part of more) {
      await octokit.request("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}", {
        ...where,
        ...part,
        request,
      });
    }
  } catch (thrown) {
    const error = githubError(thrown, `telling of findings in ${owner}/${repo}`, signal);
    logger.warn({ error: error.message }, "check run not made");
  }
}
