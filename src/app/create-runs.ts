import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { InputError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { createReleaser } from "../base/releaser.ts";
import type { Config } from "../config/load.ts";
import type {
  ActionContext,
  ActionRegistry,
  CatalogAccess,
  HttpAccess,
} from "../scaffold/action.ts";
import { createdNames } from "../scaffold/created-names.ts";
import type { FetchSource } from "../scaffold/fetching/contract.ts";
import { completeValues } from "../scaffold/fields.ts";
import type { Publisher } from "../scaffold/publishers/contract.ts";
import type { Renderer } from "../scaffold/renderer.ts";
import { runSteps } from "../scaffold/run-steps.ts";
import { validateValues } from "../scaffold/validate-values.ts";
import type { Processor, Storage } from "../storage/contract.ts";
import { type ApprovalGateDeps, passApproval } from "../usecases/approvals/approval-gate.ts";
import { decideRun } from "../usecases/approvals/decide-run.ts";
import { listWaitingFor } from "../usecases/approvals/waiting-approvals.ts";
import { createAuditLog } from "../usecases/audit/audit-log.ts";
import { type AuditService, createAuditService } from "../usecases/audit/audit-service.ts";
import { createRunTrail } from "../usecases/audit/run-trail.ts";
import type { Registrations } from "../usecases/catalog/registrations.ts";
import { groupsOf } from "../usecases/policy/groups-of.ts";
import { cancelRun, retryRun } from "../usecases/runs/change-run.ts";
import {
  type ExecuteRunDeps,
  executeRun,
  giveUpRun,
  type StepHooks,
  type StepsResult,
} from "../usecases/runs/execute-run.ts";
import {
  createNameReservations,
  type NameReservations,
} from "../usecases/runs/name-reservations.ts";
import type { Notifier } from "../usecases/runs/notifier.ts";
import type { RunRecord } from "../usecases/runs/run-record.ts";
import { createRunStore, type RunStore } from "../usecases/runs/run-store.ts";
import { startRun } from "../usecases/runs/start-run.ts";
import { sweepRuns } from "../usecases/runs/sweep-runs.ts";
import { acceptSecrets, forgetSecrets, resolveSecrets } from "../usecases/secrets/run-secrets.ts";
import type { SecretService } from "../usecases/secrets/secret-service.ts";
import type { RunService } from "../usecases/services.ts";
import { createApprovalGate, passStepApproval } from "./create-approvals.ts";
import type { CatalogState } from "./create-catalog.ts";

export interface RunsOptions {
  config: Config;
  logger: Logger;
  clock: () => number;
  storage: Storage;
  catalog: CatalogState;
  registrations: Registrations;
  actions: ActionRegistry;
  publisher: Publisher;
  renderer: Renderer;
  fetch: FetchSource;
  secrets: SecretService;
  /** Absent: `http:backstage:request` says that no host is allowed. */
  http?: HttpAccess;
  /** Stands between the use cases and the records; for fault injection. */
  wrapStore?: (store: RunStore) => RunStore;
  onEnded?: (run: RunRecord) => void;
  onResumed?: (run: RunRecord) => void;
  /** How often lost jobs and parked runs are looked for; default 10,000. */
  sweepIntervalMs?: number | undefined;
}

/** Accepting runs, and working on them. */
export interface Runs {
  audit: AuditService;
  service: RunService;
  /** Starts working and sweeping; returns the stop, which hands active runs back to the queue. */
  work(notifier: Notifier): Promise<() => Promise<void>>;
}

const dayMs = 86_400_000;
const defaultSweepIntervalMs = 10_000;
/** Telling that a run was given up may take this long; the sweeper comes back to what was not told. */
const giveUpLimitMs = 30_000;

/** Wires the run use cases to storage, actions and publisher. */
export function createRuns(options: RunsOptions): Runs {
  const { storage, clock, catalog } = options;
  const log = createAuditLog(storage.records, options.config.file.audit.keepDays * dayMs);
  const trail = createRunTrail(log, options.logger, clock);
  const store = createRunStore(storage.records, clock, trail);
  const runs = options.wrapStore?.(store) ?? store;
  const names = createNameReservations(storage.records, runs, clock);
  const change = { runs, jobs: storage.jobs };
  return {
    audit: createAuditService(log, options.logger, clock),
    service: {
      async start(request) {
        const found = catalog.templates().get(request.templateRef);
        if (found !== undefined)
          await acceptSecrets(found.template, request.secrets, options.secrets);
        return await startRun(request, {
          ...change,
          names,
          namesOf: (template, values) => createdNames(template, values, options.actions),
          findTemplate: (ref) => catalog.templates().get(ref),
          complete: completeValues,
          validate: validateValues,
          clock,
        });
      },
      async retry(runId, by, secrets) {
        if (secrets === undefined) return await retryRun(runId, by, change);
        const before = await runs.get(runId);
        await acceptSecrets(before?.template, secrets, options.secrets);
        const retried = await retryRun(runId, by, change, secrets);
        await forgetSecrets(before, options.secrets);
        return retried;
      },
      cancel: (runId, by) => cancelRun(runId, by, change),
      get: (runId) => runs.get(runId),
      decide: (request) =>
        decideRun(request, {
          ...change,
          clock,
          groupsOf: (ref) => groupsOf(catalog.snapshot().catalog, ref),
        }),
      waitingFor: (person) =>
        listWaitingFor(
          { ...person, groups: groupsOf(catalog.snapshot().catalog, person.userRef) },
          runs,
        ),
    },
    work: (notifier) => work(options, { runs, names }, notifier),
  };
}

async function work(
  options: RunsOptions,
  { runs, names }: { runs: RunStore; names: NameReservations },
  notifier: Notifier,
): Promise<() => Promise<void>> {
  const { storage, logger, clock } = options;
  const releaser = createReleaser();
  const gate = createApprovalGate({ ...options, notifier });
  const depsFor = (runId: string): ExecuteRunDeps => ({
    runs,
    names,
    notifier,
    clock,
    logger: logger.child({ runId }),
    admit: (held, signal) => passApproval(held, signal, gate),
    runSteps: (run, hooks) => executeSteps(run, hooks, options, gate),
    ...(options.onEnded === undefined ? {} : { onEnded: options.onEnded }),
    ...(options.onResumed === undefined ? {} : { onResumed: options.onResumed }),
  });
  const processor: Processor = async (job, { signal }) => {
    const runId = runIdOf(job.data);
    await executeRun(runId, signal, depsFor(runId));
    // a job that dies before this comes back to it
    await forgetSecrets(await runs.get(runId), options.secrets);
  };
  const worker = await storage.jobs.process(processor, {
    concurrency: options.config.file.scaffolder.concurrency,
    async onGiveUp(job, error) {
      const runId = runIdOf(job.data);
      await giveUpRun(runId, error, AbortSignal.timeout(giveUpLimitMs), depsFor(runId));
      await forgetSecrets(await runs.get(runId), options.secrets);
    },
  });
  releaser.add("worker", () => worker.stop());
  const sweep = (): void => {
    sweepRuns({ runs, names, jobs: storage.jobs, logger, clock }).catch((thrown: unknown) => {
      logger.warn({ error: String(thrown) }, "sweeping failed");
    });
  };
  sweep();
  const timer = setInterval(sweep, options.sweepIntervalMs ?? defaultSweepIntervalMs);
  releaser.add("sweeper", () => clearInterval(timer));
  return () => releaser.releaseAll();
}

function runIdOf(data: unknown): string {
  if (
    typeof data === "object" &&
    data !== null &&
    "runId" in data &&
    typeof data.runId === "string"
  )
    return data.runId;
  throw new InputError("job-malformed", "a job without a run id was found in the queue");
}

/** Runs the steps in a folder that belongs to this claim alone, and is removed afterwards. */
async function executeSteps(
  run: RunRecord,
  hooks: StepHooks,
  options: RunsOptions,
  gate: ApprovalGateDeps,
): Promise<StepsResult> {
  const workspace = join(options.config.dataDir, "workspaces", `${run.id}-${run.fence}`);
  await rm(workspace, { recursive: true, force: true });
  await mkdir(workspace, { recursive: true });
  const user = userOf(run, options.catalog);
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
        createContext({ run, step, notesPrefix, log, hooks, workspace, user, options }),
      onLog: hooks.log,
      onStep: hooks.onStep,
      beforeStep: (step) => passStepApproval(step, hooks, gate),
      reserve: hooks.reserve,
      signal: hooks.signal,
      isDryRun: false,
      clock: options.clock,
      environment: { parameters: options.config.file.scaffolder.environment },
      secrets: secrets.secrets,
      secretParameters: secrets.parameters,
      rethrowRetryable: true,
    });
    return toStepsResult(result, hooks);
  } finally {
    await rm(workspace, { recursive: true, force: true });
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

interface StepWorld {
  run: RunRecord;
  step: { id: string };
  notesPrefix: string;
  log: (line: string) => void;
  hooks: StepHooks;
  workspace: string;
  user: ActionContext["user"];
  options: RunsOptions;
}

function createContext(world: StepWorld): ActionContext {
  const { run, step, hooks, options } = world;
  return {
    runId: run.id,
    stepId: step.id,
    templateRef: run.templateRef,
    templateBase: run.template.base,
    workspace: world.workspace,
    startedAtMs: run.createdAtMs,
    user: world.user,
    isDryRun: false,
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

function catalogAccess({ catalog, registrations }: RunsOptions): CatalogAccess {
  return {
    get: (ref) => catalog.snapshot().catalog.entities.get(ref),
    async register(url, text) {
      await registrations.add(url, text);
      await catalog.refresh();
      const { entities } = catalog.snapshot().catalog;
      const refs = [...entities.values()]
        .filter((entity) => entity.origin.file === url)
        .map((entity) => entity.ref);
      if (refs.length > 0) return refs;
      await registrations.remove(url);
      const finding = catalog.snapshot().diagnostics.find((each) => each.file === url);
      throw new InputError(
        "catalog-file-refused",
        `${url} holds no entity that the catalog takes: ${finding?.message ?? "it is empty"}`,
        {
          hint: "mend the template's catalog-info.yaml; `callboard check` explains each finding",
        },
      );
    },
  };
}

function userOf(run: RunRecord, catalog: CatalogState): ActionContext["user"] {
  const { userRef, name } = run.requester;
  if (userRef === undefined) return { name };
  const entity = catalog.snapshot().catalog.entities.get(userRef);
  return { ref: userRef, name, ...(entity === undefined ? {} : { entity }) };
}
