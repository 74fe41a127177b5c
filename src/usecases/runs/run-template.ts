import { randomUUID } from "node:crypto";
import { cp, mkdir, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { InputError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { silentLogger, type Logger } from "../../base/logger.ts";
import type { Secret } from "../../base/secret.ts";
import type {
  ActionContext,
  ActionRegistry,
  CatalogAccess,
  ProposedChange,
} from "../../scaffold/action.ts";
import { createHeldWorkspace, type HeldWorkspace } from "../../scaffold/actions/held-workspace.ts";
import type { FormScope } from "../../scaffold/default-values.ts";
import type { FetchSource } from "../../scaffold/fetching/contract.ts";
import type { Form } from "../../scaffold/form-model.ts";
import { completeValues } from "../../scaffold/form-values.ts";
import type { RunOutput, StepState, Template } from "../../scaffold/model.ts";
import type { Publisher, StepNotes } from "../../scaffold/publishers/contract.ts";
import type { Renderer } from "../../scaffold/renderer.ts";
import { runSteps, type RunStepsResult } from "../../scaffold/run-steps.ts";
import { validateValues } from "../../scaffold/validate-values.ts";
import {
  assertSecretsFit,
  secretFieldsOf,
  secretName,
  withMasks,
} from "../secrets/secret-fields.ts";

/** A run in this process, without queue and records: for the terminal and for dry runs. */
export interface LocalRunRequest {
  template: Template;
  form: Form;
  /** As a person wrote them: defaults of the form are filled in. */
  values: JsonObject;
  /** Keys of fields that were emptied: their defaults do not count. */
  emptied?: readonly string[];
  /** True: nothing outside a temporary folder is written. */
  isDryRun: boolean;
  /** Gets a copy of the workspace's files; must be empty or absent. */
  outDir?: string;
  user: ActionContext["user"];
  actions: ActionRegistry;
  renderer: Renderer;
  fetch: FetchSource;
  publisher: Publisher;
  catalog: CatalogAccess;
  clock: () => number;
  signal: AbortSignal;
  /** Absent: a random one. */
  runId?: string;
  environment?: Record<string, string>;
  /** `environment.secrets`; a dry run gets masks. */
  environmentSecrets?: Record<string, Secret>;
  secrets?: Record<string, string>;
  logger?: Logger;
  onLog?(stepId: string, line: string): void;
  /** What a dry run would publish. */
  onProposal?(change: ProposedChange): void;
}

/** What `callboard template run --json` prints. */
export interface LocalRunReport {
  status: "completed" | "failed";
  steps: Pick<StepState, "id" | "name" | "status" | "output" | "error">[];
  output: RunOutput;
  /** The files of the workspace at the end. */
  files: { path: string; sizeBytes: number; executable: boolean }[];
}

/**
 * Runs a template from beginning to end in a temporary workspace.
 * @throws InputError `run-values-invalid` with every fault in its hint, `out-dir-not-empty`.
 */
export async function runTemplateLocally(request: LocalRunRequest): Promise<LocalRunReport> {
  const { user, emptied = [] } = request;
  const scope = { user, nowMs: request.clock(), emptied };
  const completed = completeValues(request.form, request.values, scope);
  const fields = secretFieldsOf(request.form, completed, scope);
  const given = Object.keys(request.secrets ?? {});
  const isGiven = new Set(
    fields.filter((field) => given.includes(secretName(field))).map(({ key }) => key),
  );
  const values = withMasks(completed, fields, isGiven);
  assertSecretsFit(request.template, request.secrets ?? {});
  assertValid(request.form, values, scope);
  if (request.outDir !== undefined) await assertEmpty(request.outDir);
  const folder = join(tmpdir(), `callboard-run-${randomUUID()}`);
  const workspace = createHeldWorkspace(folder);
  try {
    const result = await run(request, values, { ...workspace, folder });
    const files = await workspace.files.list("", request.signal);
    if (request.outDir !== undefined) await copyOut(await workspace.toFolder(), request.outDir);
    return {
      status: result.status === "completed" ? "completed" : "failed",
      steps: result.steps.map(({ id, name, status, output, error }) => ({
        id,
        name,
        status,
        ...(output === undefined ? {} : { output }),
        ...(error === undefined ? {} : { error }),
      })),
      output: result.output ?? { links: [], text: [], values: {} },
      files: files.map(({ path, sizeBytes, isExecutable: executable }) => ({
        path,
        sizeBytes,
        executable,
      })),
    };
  } finally {
    await workspace.remove();
  }
}

async function run(
  request: LocalRunRequest,
  values: JsonObject,
  workspace: HeldWorkspace & { folder: string },
): Promise<RunStepsResult> {
  const { template, user, signal, isDryRun } = request;
  const runId = request.runId ?? randomUUID();
  const startedAtMs = request.clock();
  const notes = memoryNotes();
  return runSteps({
    template,
    values,
    runId,
    user,
    startedAtMs,
    signal,
    isDryRun,
    actions: request.actions,
    renderer: request.renderer,
    clock: request.clock,
    openFolder: workspace.toFolder,
    onStep: async () => undefined,
    onLog: (stepId, line) => request.onLog?.(stepId, line),
    environment: {
      parameters: request.environment ?? {},
      secrets: environmentSecrets(request),
    },
    ...(request.secrets === undefined ? {} : { secrets: request.secrets }),
    createContext: (step, notesPrefix, log) => ({
      runId,
      stepId: step.id,
      templateRef: template.ref,
      templateBase: template.base,
      workspace: workspace.folder,
      files: workspace.files,
      startedAtMs,
      user,
      isDryRun,
      signal,
      log,
      logger: request.logger ?? silentLogger,
      notes: notes(`${step.id}/${notesPrefix}`),
      assertCurrent: async () => undefined,
      publisher: request.publisher,
      propose: (proposed) => request.onProposal?.(proposed),
      catalog: request.catalog,
      fetch: request.fetch,
      renderer: request.renderer,
    }),
  });
}

function assertValid(form: Form, values: JsonObject, scope: FormScope): void {
  const faults = validateValues(form, values, scope);
  if (faults.length === 0) return;
  const lines = faults.map(({ key, message }) => (key === "" ? message : `${key}: ${message}`));
  throw new InputError("run-values-invalid", "some values do not fit the template", {
    hint: lines.join("; "),
  });
}

/** Notes that live as long as the run, which nobody resumes. */
function memoryNotes(): (prefix: string) => StepNotes {
  const kept = new Map<string, string>();
  return (prefix) => ({
    get: async (key) => kept.get(prefix + key),
    set: async (key, value) => void kept.set(prefix + key, value),
  });
}

async function assertEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => []);
  if (entries.length === 0) return;
  throw new InputError("out-dir-not-empty", `the folder ${folder} is not empty`, {
    hint: "name a new folder; nothing is written over",
  });
}

async function copyOut(workspace: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(workspace, folder, { recursive: true, verbatimSymlinks: true });
}

/** A dry run says what would be done, so it gets none. */
function environmentSecrets({
  environmentSecrets: secrets = {},
  isDryRun,
}: LocalRunRequest): Record<string, string> {
  const entries = Object.entries(secrets).map(([name, secret]) => [
    name,
    isDryRun ? "*".repeat(32) : secret.reveal(),
  ]);
  return Object.fromEntries(entries);
}
