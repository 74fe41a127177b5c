import { createTwoFilesPatch } from "diff";

import { InputError, toError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ActionContext, ProposedChange } from "../../scaffold/action.ts";
import { isTextFile } from "../../scaffold/actions/skeleton.ts";
import type { Form } from "../../scaffold/form-model.ts";
import type { Template } from "../../scaffold/model.ts";
import { runTemplateLocally, type LocalRunRequest } from "./run-template.ts";

/** What a run would do, found out without writing anything outside a temporary folder. */
export interface RunPreview {
  /** Why it would fail; absent when it would not. */
  problem?: string;
  steps: { name: string; status: string }[];
  /** What it would publish, in the order of its steps. */
  changes: PreviewChange[];
  /** What the steps said, such as what they would have done. */
  log: string[];
}

/** One repository or pull request that a run would make. */
export interface PreviewChange {
  kind: ProposedChange["kind"];
  /** Such as `acme/ledger`. */
  repository: string;
  title: string;
  /** All its files, with their sizes in bytes; `isDeleted` where they would go. */
  files: { path: string; sizeBytes: number; isDeleted?: boolean }[];
  /** For a pull request: what changes in each text file, as a unified diff. */
  diff: string;
}

export interface PreviewRequest {
  template: Template;
  form: Form;
  values: JsonObject;
  /** Keys of fields that were emptied: their defaults do not count. */
  emptied?: readonly string[];
  /** Names of the secrets that were given: a dry run gets masks. */
  secretNames: readonly string[];
  user: ActionContext["user"];
  signal: AbortSignal;
}

export type PreviewDeps = Pick<
  LocalRunRequest,
  | "actions"
  | "renderer"
  | "fetch"
  | "publisher"
  | "catalog"
  | "clock"
  | "environment"
  | "environmentSecrets"
>;

const mostDiffs = 60;
const mostLogLines = 60;

/**
 * Dry-runs a template with the values of a form. @throws InputError `run-values-invalid`, `run-secrets-invalid`.
 */
export async function previewRun(request: PreviewRequest, deps: PreviewDeps): Promise<RunPreview> {
  const proposals: ProposedChange[] = [];
  const log: string[] = [];
  const { secretNames, ...shared } = request;
  const report = await runTemplateLocally({
    ...deps,
    ...shared,
    isDryRun: true,
    // long enough for most rules about what a secret looks like
    secrets: Object.fromEntries(secretNames.map((name) => [name, "*".repeat(32)])),
    onLog: (_stepId, line) => void log.push(line),
    onProposal: (change) => void proposals.push(change),
  });
  const problem = report.steps.find((step) => step.error !== undefined)?.error;
  const changes: PreviewChange[] = [];
  for (const change of proposals) changes.push(await previewOf(change, request.signal, deps));
  return {
    ...(problem === undefined
      ? {}
      : {
          problem: [problem.message, problem.hint].filter((part) => part !== undefined).join(" — "),
        }),
    steps: report.steps.map(({ name, status }) => ({ name, status })),
    changes,
    log: log.slice(0, mostLogLines),
  };
}

async function previewOf(
  change: ProposedChange,
  signal: AbortSignal,
  deps: PreviewDeps,
): Promise<PreviewChange> {
  const deleted = change.filesToDelete.map((path) => ({ path, sizeBytes: 0, isDeleted: true }));
  return {
    kind: change.kind,
    repository: `${change.owner}/${change.repo}`,
    title: change.title,
    files: [
      ...change.files.map(({ path, content }) => ({ path, sizeBytes: content.length })),
      ...deleted,
    ].toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    diff: change.kind === "pull-request" ? await diffOf(change, signal, deps) : "",
  };
}

async function diffOf(
  change: ProposedChange,
  signal: AbortSignal,
  deps: PreviewDeps,
): Promise<string> {
  const parts: string[] = [];
  const texts = change.files.filter(({ content }) => isTextFile(content));
  for (const { path, content } of texts.slice(0, mostDiffs)) {
    const before = await textBefore(change, path, signal, deps);
    const after = content.toString("utf8");
    if (before === after) continue;
    parts.push(patch(path, before, after));
  }
  for (const path of change.filesToDelete.slice(0, mostDiffs)) {
    const before = await textBefore(change, path, signal, deps);
    if (before !== undefined) parts.push(patch(path, before, undefined));
  }
  const left = texts.length - mostDiffs;
  return [...parts, ...(left > 0 ? [`… and ${left} more files`] : [])].join("\n");
}

function patch(path: string, before: string | undefined, after: string | undefined): string {
  const [from, to] = [before, after].map((text) => (text === undefined ? "/dev/null" : path));
  return createTwoFilesPatch(from ?? path, to ?? path, before ?? "", after ?? "", "", "", {
    context: 3,
  })
    .split("\n")
    .filter((line) => !line.startsWith("====="))
    .join("\n");
}

/** The file as it stands in the repository; a repository that cannot be read counts as empty, which the diff then shows. */
async function textBefore(
  { host, owner, repo, branch }: ProposedChange,
  path: string,
  signal: AbortSignal,
  { publisher }: PreviewDeps,
): Promise<string | undefined> {
  for (const ref of branch === undefined ? ["HEAD", "main"] : [branch]) {
    const url = `https://${host}/${owner}/${repo}/blob/${ref}/${path}`;
    const text = await publisher.readFile(url, signal).catch((thrown: unknown) => {
      if (thrown instanceof InputError) return undefined;
      throw toError(thrown);
    });
    if (text !== undefined) return text;
  }
  return undefined;
}
