import { createHash } from "node:crypto";

import { InputError, NotFoundError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { FieldFault, Form } from "../../scaffold/form-model.ts";
import type { StepState, Template } from "../../scaffold/model.ts";
import type { JobQueue } from "../../storage/contract.ts";
import type { RunRecord, RunRequester } from "./run-record.ts";
import type { RunStore } from "./run-store.ts";

export interface StartRequest {
  /** The request's own key: a Slack view id with its hash, a trigger id. The same key is the same run. */
  requestKey: string;
  templateRef: string;
  values: JsonObject;
  requester: RunRequester;
  channel?: string;
}

export interface StartRunDeps {
  findTemplate(ref: string): { template: Template; form: Form; problem?: string } | undefined;
  /** Fills in the defaults that the form would have shown. */
  complete(form: Form, values: JsonObject): JsonObject;
  validate(form: Form, values: JsonObject): FieldFault[];
  runs: RunStore;
  jobs: Pick<JobQueue, "add">;
  clock: () => number;
}

/** The job that works on a run; a retry is a job of its own, so that the finished one does not stand in its way. */
export function runJobId(run: Pick<RunRecord, "id" | "retries">): string {
  return `run-${run.id}-${run.retries}`;
}

/** Name under which run jobs are queued. */
export const runJobName = "run";

/**
 * Accepts a run: checks everything, stores the record, queues the job, in this order. When it resolves, both would survive
 * a crash; when the process dies in between, the sweeper queues what was stored.
 * @throws NotFoundError `template-unknown`, InputError `template-broken`, `run-values-invalid`.
 */
export async function startRun(request: StartRequest, deps: StartRunDeps): Promise<RunRecord> {
  const found = deps.findTemplate(request.templateRef);
  if (found === undefined) {
    throw new NotFoundError("template-unknown", `there is no template ${request.templateRef}`, {
      hint: "`/newservice` lists the templates",
    });
  }
  if (found.problem !== undefined) {
    throw new InputError(
      "template-broken",
      `the template ${found.template.title} cannot be run: ${found.problem}`,
      {
        hint: "its owner can see every finding with `callboard check`",
      },
    );
  }
  const values = deps.complete(found.form, request.values);
  const faults = deps.validate(found.form, values);
  if (faults.length > 0) {
    throw new InputError("run-values-invalid", "some values do not fit the template", {
      hint: faults
        .map((fault) => `${fault.key === "" ? "" : `${fault.key}: `}${fault.message}`)
        .join("; "),
    });
  }
  const { run } = await deps.runs.create(
    newRun({ ...request, values }, found.template, deps.clock()),
  );
  await deps.jobs.add(runJobName, runJobId(run), { runId: run.id });
  return run;
}

/** Short enough to read aloud, long enough that two requests never share it (64 bits). */
function runIdOf(requestKey: string): string {
  return createHash("sha256").update(requestKey).digest("hex").slice(0, 16);
}

function newRun(request: StartRequest, template: Template, nowMs: number): RunRecord {
  return {
    id: runIdOf(request.requestKey),
    templateRef: template.ref,
    templateTitle: template.title,
    template,
    values: request.values,
    requester: request.requester,
    ...(request.channel === undefined ? {} : { channel: request.channel }),
    status: "waiting",
    steps: template.steps.map(toWaiting),
    log: [],
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    fence: 0,
    notes: {},
    retries: 0,
    upstreamWaits: 0,
  };
}

/** A step as it stands before anything happened. */
function toWaiting(step: { id: string; name: string; action: string }): StepState {
  return { id: step.id, name: step.name, action: step.action, status: "waiting" };
}
