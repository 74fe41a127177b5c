import { join } from "node:path";

import { type CallboardError, ConflictError, InputError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { relationTargets } from "../catalog/model.ts";
import type { Config } from "../config/load.ts";
import type {
  ActionContext,
  ActionRegistry,
  CatalogAccess,
  HttpAccess,
} from "../scaffold/action.ts";
import { createHeldWorkspace } from "../scaffold/actions/held-workspace.ts";
import type { FetchSource } from "../scaffold/fetching/contract.ts";
import type { Publisher } from "../scaffold/publishers/contract.ts";
import type { Renderer } from "../scaffold/renderer.ts";
import { runSteps, type RunStepsRequest } from "../scaffold/run-steps.ts";
import type { WorkspaceFiles } from "../scaffold/workspace-files.ts";
import type { ApprovalGateDeps } from "../usecases/approvals/approval-gate.ts";
import { assertRegistrable } from "../usecases/catalog/registrable.ts";
import type { Registrations } from "../usecases/catalog/registrations.ts";
import type { Snapshot } from "../usecases/catalog/snapshot.ts";
import type { StepHooks } from "../usecases/runs/run-claim.ts";
import type { RunRecord } from "../usecases/runs/run-record.ts";
import type { StepsResult } from "../usecases/runs/steps-result.ts";
import { resolveSecrets } from "../usecases/secrets/run-secrets.ts";
import type { SecretService } from "../usecases/secrets/secret-service.ts";
import { passStepApproval } from "./create-approvals.ts";
import type { CatalogState } from "./create-catalog.ts";
import { userOf } from "./user-of.ts";

/** All that the steps of runs may use. */
export interface StepsWorld {
  config: Config;
  logger: Logger;
  clock: () => number;
  catalog: CatalogState;
  registrations: Registrations;
  actions: ActionRegistry;
  publisher: Publisher;
  renderer: Renderer;
  fetch: FetchSource;
  /** Absent: `http:backstage:request` says that no host is allowed. */
  http?: HttpAccess;
  secrets: SecretService;
}

/** Runs the steps in a folder that belongs to this claim alone, and is removed afterwards. */
export async function executeSteps(
  run: RunRecord,
  hooks: StepHooks,
  options: StepsWorld,
  gate: ApprovalGateDeps,
): Promise<StepsResult> {
  const workspace = join(options.config.dataDir, "workspaces", `${run.id}-${run.fence}`);
  const { files, toFolder, remove } = createHeldWorkspace(workspace);
  const user = userOf(run.requester, options.catalog);
  try {
    const secrets = await resolveSecrets(run, options.secrets, hooks.signal);
    const result = await runSteps({
      template: run.template,
      values: run.values,
      runId: run.id,
      user,
      startedAtMs: run.createdAtMs,
      before: run.steps,
      actions: options.actions,
      renderer: options.renderer,
      createContext: (step, notesPrefix, log) =>
        createContext({ run, step, notesPrefix, log, hooks, workspace, files, user, options }),
      openFolder: toFolder,
      onLog: hooks.log,
      onStep: hooks.onStep,
      beforeStep: (step) => passStepApproval(step, hooks, gate),
      reserve: hooks.reserve,
      signal: hooks.signal,
      isDryRun: false,
      clock: options.clock,
      environment: environmentOf(options.config),
      secrets: secrets.secrets,
      secretParameters: secrets.parameters,
      rethrowRetryable: true,
    });
    return toStepsResult(result, hooks);
  } finally {
    await remove();
  }
}

function toStepsResult(
  result: Awaited<ReturnType<typeof runSteps>>,
  hooks: StepHooks,
): StepsResult {
  const { steps, output, error } = result;
  if (result.status === "completed" && output !== undefined)
    return { status: "completed", steps, output };
  if (result.wait !== undefined) return { status: "parked", steps, wait: result.wait };
  if (result.status === "stopped") {
    const cancelled = steps.map((step) =>
      step.status === "waiting" ? { ...step, status: "cancelled" as const } : step,
    );
    return { status: "cancelled", steps: hooks.signal.reason === "cancelled" ? cancelled : steps };
  }
  return {
    status: "failed",
    steps,
    error: error ?? { code: "internal", message: "the run ended without a result" },
  };
}

/** One step, as its action sees the world. */
interface StepWorld {
  run: RunRecord;
  step: { id: string };
  notesPrefix: string;
  log: (line: string) => void;
  hooks: Pick<StepHooks, "notes" | "assertCurrent" | "signal">;
  workspace: string;
  files: WorkspaceFiles;
  user: ActionContext["user"];
  options: StepsWorld;
}

/** The world of one action. */
export function createContext(world: StepWorld): ActionContext {
  const { run, step, hooks, options } = world;
  return {
    runId: run.id,
    stepId: step.id,
    templateRef: run.templateRef,
    templateBase: run.template.base,
    workspace: world.workspace,
    files: world.files,
    startedAtMs: run.createdAtMs,
    user: world.user,
    isDryRun: false,
    nowMs: options.clock,
    signal: hooks.signal,
    logger: options.logger.child({ runId: run.id, stepId: step.id }),
    log: world.log,
    notes: hooks.notes(`${step.id}${world.notesPrefix}`),
    assertCurrent: hooks.assertCurrent,
    publisher: options.publisher,
    catalog: catalogAccess(options),
    fetch: options.fetch,
    ...(options.http === undefined ? {} : { http: options.http }),
    renderer: options.renderer,
  };
}

function catalogAccess({ catalog, registrations }: StepsWorld): CatalogAccess {
  return {
    get: (ref) => catalog.snapshot().catalog.entities.get(ref),
    async unregister(url) {
      await registrations.remove(url);
      await catalog.refresh();
    },
    async register(url, text) {
      assertRegistrable(url, text);
      await registrations.add(url, text);
      await catalog.refresh();
      const { entities } = catalog.snapshot().catalog;
      const refs = [...entities.values()]
        .filter((entity) => entity.origin.file === url)
        .map((entity) => entity.ref);
      if (refs.length > 0) return refs;
      await registrations.remove(url);
      throw refusal(url, catalog.snapshot());
    },
  };
}

/** Why no entity of a file came into the catalog: its name is somebody else's, or the file is wrong. */
function refusal(url: string, { catalog, diagnostics }: Snapshot): CallboardError {
  const findings = diagnostics.filter(({ file }) => file === url);
  const taken = findings.find(({ code }) => code === "entity-duplicate");
  const holder = taken?.ref === undefined ? undefined : catalog.entities.get(taken.ref);
  const wrong = findings.find(({ severity }) => severity === "error");
  if (holder === undefined || (wrong !== undefined && wrong !== taken)) {
    const why = (wrong ?? findings[0])?.message ?? "it is empty";
    return new InputError(
      "catalog-file-refused",
      `${url} holds no entity that the catalog takes: ${why}`,
      { hint: "mend the template's catalog-info.yaml; `callboard check` explains each finding" },
    );
  }
  const [owner] = relationTargets(holder, "ownedBy");
  const whose = owner === undefined ? "" : `, which belongs to ${owner}`;
  return new ConflictError(
    "catalog-name-taken",
    `the name ${holder.ref} is taken in the catalog by ${holder.origin.file}:${holder.origin.line}${whose}`,
    {
      hint: `start again with another name, or ask ${owner ?? "its owner"} to rename or remove that entry and press Retry`,
    },
  );
}

/** Whoever started the run, as the catalog knows them now. */

/** What the operator gives to every template. */
function environmentOf({ file }: Config): NonNullable<RunStepsRequest["environment"]> {
  const { environment: parameters, environmentSecrets } = file.scaffolder;
  const secrets = Object.entries(environmentSecrets).map(([name, secret]) => [
    name,
    secret.reveal(),
  ]);
  return { parameters, secrets: Object.fromEntries(secrets) };
}
