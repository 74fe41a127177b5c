import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What is counted, named as Prometheus wants it; no label ever carries text that a person typed. */
export interface Metrics {
  registry: Registry;
  /** Questions by `intent` and `status`. */
  questions: Counter<"intent" | "status">;
  questionSeconds: Histogram;
  /** Requests from Slack by `kind` (command, event, action, view, options). */
  ackSeconds: Histogram<"kind">;
  /** Ended runs by `template` and `status`. */
  runs: Counter<"template" | "status">;
  runSeconds: Histogram<"template">;
  /** Runs that were resumed after their worker had died. */
  recoveries: Counter;
}

/** What the gauges read when they are scraped. */
export interface MetricsSources {
  catalog(): {
    entities: number;
    documents: number;
    templates: number;
    errors: number;
    readAtMs: number;
  };
  jobs(): Promise<Record<string, number>>;
  clock: () => number;
}

/** Creates the process's metrics with the default ones of Node.js. */
export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "callboard_" });
  for (const gauge of [...catalogGauges(sources), jobsGauge(sources)]) {
    registry.registerMetric(gauge);
  }
  const seconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 3];
  return {
    registry,
    questions: new Counter({
      name: "callboard_questions_total",
      help: "Questions answered",
      labelNames: ["intent", "status"],
      registers,
    }),
    questionSeconds: new Histogram({
      name: "callboard_question_seconds",
      help: "Time to answer a question",
      buckets: seconds,
      registers,
    }),
    ackSeconds: new Histogram({
      name: "callboard_ack_seconds",
      help: "Time until Slack got its acknowledgement",
      labelNames: ["kind"],
      buckets: seconds,
      registers,
    }),
    runs: new Counter({
      name: "callboard_runs_total",
      help: "Ended runs",
      labelNames: ["template", "status"],
      registers,
    }),
    runSeconds: new Histogram({
      name: "callboard_run_seconds",
      help: "Time from a run's acceptance to its end",
      labelNames: ["template"],
      buckets: [1, 2, 5, 10, 30, 60, 300, 1800],
      registers,
    }),
    recoveries: new Counter({
      name: "callboard_recoveries_total",
      help: "Runs that went on after their worker had stopped",
      registers,
    }),
  };
}

/** Registered by the caller: a gauge that registers itself would only be a side effect. */
const registers: Registry[] = [];

function jobsGauge(sources: MetricsSources): Gauge {
  return new Gauge({
    name: "callboard_jobs",
    help: "Jobs by state",
    labelNames: ["state"],
    registers,
    async collect() {
      for (const [state, count] of Object.entries(await sources.jobs())) {
        this.set({ state }, count);
      }
    },
  });
}

function catalogGauges(sources: MetricsSources): Gauge[] {
  const entries = new Gauge({
    name: "callboard_catalog_entries",
    help: "Entries of the present catalog by type",
    labelNames: ["type"],
    registers,
    collect() {
      const { entities, documents, templates, errors } = sources.catalog();
      const counts = { entities, documents, templates, errors };
      for (const [type, count] of Object.entries(counts)) this.set({ type }, count);
    },
  });
  const age = new Gauge({
    name: "callboard_catalog_age_seconds",
    help: "Time since the catalog was last read",
    registers,
    collect() {
      this.set((sources.clock() - sources.catalog().readAtMs) / 1000);
    },
  });
  return [entries, age];
}
