import { InputError, toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Releaser } from "../base/releaser.ts";
import type { Config } from "../config/load.ts";
import { createMetrics, type Metrics } from "../http/metrics.ts";
import type { GithubClient } from "../scaffold/publishers/github/client.ts";
import { createWorkerRenderer } from "../scaffold/rendering/worker-renderer.ts";
import type { Storage } from "../storage/contract.ts";
import type { JobTuning } from "../storage/job-tuning.ts";
import { openStorage } from "../storage/open.ts";
import { createQuestionService } from "../usecases/answers/question-service.ts";
import type { AuditService } from "../usecases/audit/audit-service.ts";
import { withRefusals } from "../usecases/audit/refusals.ts";
import { createRegistrations, type Registrations } from "../usecases/catalog/registrations.ts";
import type { AnswerFeedback } from "../usecases/feedback/answer-feedback.ts";
import type { ToldBoard } from "../usecases/feedback/told-board.ts";
import { createHome } from "../usecases/home.ts";
import { createNewcomers } from "../usecases/newcomers.ts";
import { createOperators } from "../usecases/operators.ts";
import type { PolicyService } from "../usecases/policy/policy-service.ts";
import { createRecentSubjects } from "../usecases/recent-subjects.ts";
import { createDraftService } from "../usecases/runs/drafts.ts";
import { withRecentRuns } from "../usecases/runs/recent-runs.ts";
import type { RunStore } from "../usecases/runs/run-store.ts";
import type { SecretService } from "../usecases/secrets/secret-service.ts";
import type { Services } from "../usecases/services.ts";
import { createCatalog, type CatalogState } from "./create-catalog.ts";
import { createChecklists } from "./create-checklists.ts";
import { type OnCall, openOnCall } from "./create-oncall.ts";
import { createPublishing, type GithubTuning } from "./create-publisher.ts";
import { createRuns, type Runs, type RunsOptions } from "./create-runs.ts";
import { createSecrets, type PublicAddress } from "./create-secrets.ts";
import { createFetch, createHttp, loadActions } from "./load-actions.ts";
import { openFeedback, openTold } from "./open-feedback.ts";
import { seedRepositories } from "./seed-repositories.ts";

/** How often this process looks whether another one registered something. */
const registrationPollMs = 2_000;

/** A start does not wait longer for sources behind a network; it goes on with what is there. */
const firstCatalogWaitMs = 15_000;

/** Everything but Slack and HTTP. */
export interface Core {
  services: Services;
  storage: Storage;
  catalog: CatalogState;
  runs: Runs;
  metrics: Metrics;
  feedback: AnswerFeedback;
  /** Absent without credentials. */
  github: GithubClient | undefined;
  /** Where people reach us; the playground's is filled in when it listens. */
  address: PublicAddress;
  secrets: SecretService;
}

/** What a core is opened with. */
export interface CoreOptions {
  config: Config;
  logger: Logger;
  clock: () => number;
  /** Times of the queue; for tests. */
  tuning?: Partial<JobTuning>;
  /** How often lost jobs and parked runs are looked for; for tests. */
  sweepIntervalMs?: number;
  probes?: Probes;
}

/** Ways into the running bot, for fault injection; only code that starts it can set them, no configuration does. */
export interface Probes {
  storage?: (storage: Storage) => Storage;
  runs?: (runs: RunStore) => RunStore;
  github?: GithubTuning;
}

/** Opens storage and catalog and wires the use cases. */
export async function openCore(options: CoreOptions, releaser: Releaser): Promise<Core> {
  const { config, logger, clock, sweepIntervalMs, probes = {} } = options;
  const storage = await openCheckedStorage(options, releaser);
  const access = await createSecrets(config, storage, clock);
  const actions = await loadActions(config);
  const registrations = createRegistrations(storage.records);
  const { publisher, github } = createPublishing(config, logger, probes.github);
  const told = openTold(storage.records, logger, clock, releaser);
  const catalog = await createCatalog({
    config,
    logger,
    clock,
    actions,
    github,
    moreSources: [registrations],
    sharedRecords: storage.kind === "embedded" ? undefined : storage.records,
    firstWaitMs: firstCatalogWaitMs,
    hints: () => told.hints(),
  });
  releaser.add("catalog", () => catalog.close());
  releaser.add("registration poll", pollRegistrations(registrations, catalog, logger));
  const onCall = openOnCall({ config, logger, clock, catalog, storage }, releaser);
  const renderer = createWorkerRenderer();
  releaser.add("renderer", () => renderer.close());
  const metrics = metricsOf(catalog, storage, clock);
  const feedback = openFeedback({ config, logger, clock, storage, catalog, told }, releaser);
  if (github === undefined) await seedRepositories(config, publisher, logger);
  const runs = createRuns({
    config,
    logger,
    clock,
    storage,
    catalog,
    registrations,
    actions,
    publisher,
    renderer,
    fetch: createFetch(config, { github }),
    secrets: access.secrets,
    ...createHttp(config),
    sweepIntervalMs,
    ...(probes.runs === undefined ? {} : { wrapStore: probes.runs }),
    ...runMetrics(metrics, clock),
  });
  const core = { storage, catalog, runs, metrics, feedback, github, ...access };
  return { ...core, services: servicesOf(config, { ...core, onCall, told }) };
}

/** Counts how runs go. */
function runMetrics(
  metrics: Metrics,
  clock: () => number,
): Pick<RunsOptions, "onResumed" | "onEnded"> {
  return {
    onResumed: () => metrics.recoveries.inc(),
    onEnded({ templateRef: template, status, createdAtMs }) {
      metrics.runs.inc({ template, status });
      metrics.runSeconds.observe({ template }, (clock() - createdAtMs) / 1000);
    },
  };
}

function metricsOf(catalog: CatalogState, storage: Storage, clock: () => number): Metrics {
  return createMetrics({
    catalog: () => catalog.status(),
    jobs: async () => ({ ...(await storage.jobs.counts()) }),
    clock,
  });
}

/** Opens Redis, PostgreSQL or the embedded database, as configured. */
export async function openConfiguredStorage(
  config: Config,
  logger: Logger,
  tuning: Partial<JobTuning> = {},
): Promise<Storage> {
  const { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl } = config.environment;
  return openStorage({
    dataDir: config.dataDir,
    logger,
    tuning,
    namespace: config.environment.CALLBOARD_NAMESPACE,
    ...(redisUrl === undefined ? {} : { redisUrl: redisUrl.reveal() }),
    ...(databaseUrl === undefined ? {} : { databaseUrl: databaseUrl.reveal() }),
  });
}

function servicesOf(
  config: Config,
  {
    catalog,
    runs,
    storage,
    metrics,
    feedback,
    onCall,
    secrets,
    told,
  }: Pick<Core, "catalog" | "runs" | "storage" | "metrics" | "feedback" | "secrets"> & {
    onCall: OnCall;
    told: ToldBoard;
  },
): Services {
  const { audit, policy } = runs;
  const recent = createRecentSubjects();
  return {
    audit,
    policy,
    ...createQuestionService({
      answer: catalog.answer,
      complete: onCall.add,
      claimOf: (answer) => feedback.claimOf(answer),
      onAnswer(answer, context, durationMs) {
        metrics.questionSeconds.observe(durationMs / 1000);
        metrics.questions.inc({ intent: answer.intent, status: answer.status });
        feedback.onAnswer(answer, context, durationMs);
        if (answer.status === "answered") recent.note(context.userRef, answer.entities[0]?.ref);
      },
    }),
    readDocument: catalog.readDocument,
    templates: templateService(catalog, policy),
    entities: catalog.entities,
    runs: withRecentRuns(withRefusals(runs.service, audit), storage.records),
    home: createHome({
      snapshot: () => catalog.snapshot(),
      recent,
      popularity: () => told.hints().popularity,
    }),
    newcomers: createNewcomers(storage.records, Date.now),
    drafts: createDraftService(storage.records),
    checklists: createChecklists(storage.records, Date.now, catalog),
    ...runs.forms,
    secrets,
    operators: createOperators(config.file.operators, () => catalog.snapshot().catalog),
    catalog: catalogService(catalog, audit),
    feedback: feedback.service,
    status: () => catalog.status(),
  };
}

async function openCheckedStorage(
  { config, logger, tuning, probes = {} }: CoreOptions,
  releaser: Releaser,
): Promise<Storage> {
  const opened = await openConfiguredStorage(config, logger, tuning);
  const storage = probes.storage?.(opened) ?? opened;
  releaser.add("storage", () => storage.close());
  await reportPreflight(storage, logger);
  return storage;
}

function templateService(catalog: CatalogState, policy: PolicyService): Services["templates"] {
  return {
    list: () => catalog.templates().list(),
    get(name, by) {
      const found = catalog.templates().get(name);
      return found === undefined || by === undefined ? found : policy.partsFor(found, by);
    },
    suggest: (name) => catalog.templates().suggest(name),
  };
}

function catalogService(
  catalog: CatalogState,
  audit: AuditService,
): NonNullable<Services["catalog"]> {
  return {
    sources: () => catalog.sources(),
    async accept(source, by) {
      const accepted = await catalog.accept(source);
      for (const { id, heldBack } of accepted) {
        const details = { dropped: heldBack?.dropped ?? 0 };
        const asked = by === undefined ? {} : { by };
        await audit.note({ type: "catalog-accepted", about: { source: id }, details, ...asked });
      }
      return accepted;
    },
    check: (target) => catalog.check(target),
  };
}

/** Wrong settings of a server stop the start; doubtful ones are logged. */
async function reportPreflight(storage: Storage, logger: Logger): Promise<void> {
  const findings = await storage.preflight();
  for (const finding of findings) logger.warn({ ...finding }, "storage settings");
  const fatal = findings.find((finding) => finding.severity === "error");
  if (fatal !== undefined) {
    throw new InputError(
      fatal.code,
      fatal.message,
      fatal.hint === undefined ? {} : { hint: fatal.hint },
    );
  }
}

/** Another process may register entities: its version number says when to read again. Returns the stop. */
function pollRegistrations(
  registrations: Registrations,
  catalog: CatalogState,
  logger: Logger,
): () => void {
  let seen: number | undefined;
  let isAsking = false;
  const ask = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    try {
      const version = await registrations.version();
      if (seen !== undefined && version !== seen) catalog.refreshSoon();
      seen = version;
    } catch (thrown) {
      logger.debug({ error: toError(thrown).message }, "registrations not readable");
    } finally {
      isAsking = false;
    }
  };
  const timer = setInterval(() => void ask(), registrationPollMs);
  return () => clearInterval(timer);
}
