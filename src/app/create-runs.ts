import { InputError } from "../base/errors.ts";
import { createReleaser } from "../base/releaser.ts";
import { createdNames } from "../scaffold/created-names.ts";
import { completeValues } from "../scaffold/form-values.ts";
import type { Processor, Storage } from "../storage/contract.ts";
import { passApproval } from "../usecases/approvals/approval-gate.ts";
import { decideRun } from "../usecases/approvals/decide-run.ts";
import { listWaitingFor } from "../usecases/approvals/waiting-approvals.ts";
import { createAuditLog } from "../usecases/audit/audit-log.ts";
import { type AuditService, createAuditService } from "../usecases/audit/audit-service.ts";
import { createRunTrail } from "../usecases/audit/run-trail.ts";
import { groupsOf } from "../usecases/policy/groups-of.ts";
import { createPolicyService, type PolicyService } from "../usecases/policy/policy-service.ts";
import { cancelRun, retryRun } from "../usecases/runs/change-run.ts";
import { type ExecuteRunDeps, executeRun, giveUpRun } from "../usecases/runs/execute-run.ts";
import {
  createNameReservations,
  type NameReservations,
} from "../usecases/runs/name-reservations.ts";
import type { Notifier } from "../usecases/runs/notifier.ts";
import { wakeWaiting } from "../usecases/runs/park-run.ts";
import type { RunRecord } from "../usecases/runs/run-record.ts";
import { createRunStore, type RunStore } from "../usecases/runs/run-store.ts";
import { startRun } from "../usecases/runs/start-run.ts";
import { sweepRuns } from "../usecases/runs/sweep-runs.ts";
import {
  type ExecuteUndoDeps,
  executeUndo,
  requestUndo,
  undoJobName,
} from "../usecases/runs/undo-run.ts";
import {
  acceptSecrets,
  forgetSecrets,
  keepSecrets,
  withSecretsAgain,
} from "../usecases/secrets/run-secrets.ts";
import type { RunService } from "../usecases/services.ts";
import { configuredPolicy } from "./configured-policy.ts";
import { createApprovalGate } from "./create-approvals.ts";
import { createFormHelp } from "./create-form-help.ts";
import { executeSteps, type StepsWorld } from "./execute-steps.ts";
import { faultsOf, policyChecks } from "./policy-checks.ts";
import { planOf, undoStep } from "./undo-steps.ts";

export interface RunsOptions extends StepsWorld {
  storage: Storage;
  /** Stands between the use cases and the records; for fault injection. */
  wrapStore?: (store: RunStore) => RunStore;
  onEnded?: (run: RunRecord) => void;
  onResumed?: (run: RunRecord) => void;
  /** How often lost jobs and parked runs are looked for; default 10,000. */
  sweepIntervalMs?: number | undefined;
}

/** Accepting runs, and working on them. */
export interface Runs {
  policy: PolicyService;
  /** Wakes runs that wait for what an event names. */
  wake(topic: string): Promise<number>;
  audit: AuditService;
  service: RunService;
  /** What forms show before anything is started. */
  forms: ReturnType<typeof createFormHelp>;
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
  const policy = createPolicyService({
    policy: configuredPolicy(options.config.file),
    contact: options.config.file.policy?.contact,
    catalog: () => catalog.snapshot().catalog,
  });
  const change = { runs, jobs: storage.jobs, ...policyChecks(policy) };
  const { owners } = options.config.file.scaffolder;
  return {
    policy,
    wake: (topic) => wakeWaiting(topic, change),
    audit: createAuditService(log, options.logger, clock),
    service: {
      async start(request) {
        return await startRun(request, {
          ...change,
          names,
          acceptSecrets: async ({ secrets }, template) =>
            await acceptSecrets(template, secrets, options.secrets),
          keepSecrets: async (run) => await keepSecrets(run, options.secrets),
          namesOf: (template, values) => createdNames(template, values, options.actions),
          findTemplate(ref, by) {
            const template = catalog.templates().get(ref);
            return template === undefined ? undefined : policy.partsFor(template, by);
          },
          complete: completeValues,
          validate: (form, values, scope) => faultsOf(form, values, owners, scope),
          clock,
        });
      },
      retry: (runId, by, secrets) =>
        withSecretsAgain({ runs, service: options.secrets }, runId, secrets, {
          assertMay: (run) => change.assertMayChange(run, by, "retry"),
          retry: () => retryRun(runId, by, change, secrets),
        }),
      cancel: (runId, by) => cancelRun(runId, by, change),
      get: (runId) => runs.get(runId),
      ...undoService(runs, policy, options),
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
    forms: createFormHelp({ ...options, policy }),
    work: (notifier) => work(options, { runs, names, policy }, notifier),
  };
}

/** Showing and asking for what a run made to be taken back. */
function undoService(
  runs: RunStore,
  policy: PolicyService,
  options: RunsOptions,
): Required<Pick<RunService, "undo" | "undoPlan">> {
  const { storage, clock } = options;
  const checks = policyChecks(policy);
  return {
    async undoPlan(runId, by) {
      const run = await runs.get(runId);
      if (run === undefined) return [];
      checks.assertMayChange(run, by, "undo");
      return planOf(run, options).map(({ text }) => text);
    },
    undo: (runId, by) =>
      requestUndo(runId, by, {
        runs,
        jobs: storage.jobs,
        ...checks,
        clock,
        plan: (run) => planOf(run, options),
      }),
  };
}

async function work(
  options: RunsOptions,
  { runs, names, policy }: { runs: RunStore; names: NameReservations; policy: PolicyService },
  notifier: Notifier,
): Promise<() => Promise<void>> {
  const { storage, logger, clock } = options;
  const releaser = createReleaser();
  const gate = createApprovalGate({ ...options, notifier, policy });
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
  const undoDeps = (runId: string): ExecuteUndoDeps => ({
    runs,
    notifier,
    clock,
    logger: logger.child({ runId }),
    plan: (run) => planOf(run, options),
    undo: (run, item, hooks) => undoStep(run, item, hooks, options),
  });
  const processor: Processor = async (job, { signal, gotFurther }) => {
    const runId = runIdOf(job.data);
    if (job.name === undoJobName) return await executeUndo(runId, signal, undoDeps(runId));
    await executeRun(runId, signal, { ...depsFor(runId), gotFurther });
    // a job that dies before this comes back to it
    await forgetSecrets(await runs.get(runId), options.secrets);
  };
  const worker = await storage.jobs.process(processor, {
    concurrency: options.config.file.scaffolder.concurrency,
    async onGiveUp(job, error) {
      const runId = runIdOf(job.data);
      // the sweeper queues it again: what was asked to be taken back stays asked
      if (job.name === undoJobName) return;
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
