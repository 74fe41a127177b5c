import { createHash } from "node:crypto";

import { InputError, NotFoundError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { FormScope } from "../../scaffold/default-values.ts";
import type { FieldFault, Form } from "../../scaffold/form-model.ts";
import type { StepState, Template } from "../../scaffold/model.ts";
import type { JobQueue } from "../../storage/contract.ts";
import type { RunSecrets } from "../secrets/secret-fields.ts";
import type { NameReservations } from "./name-reservations.ts";
import type { RunRecord, RunRequester } from "./run-record.ts";
import type { RunStore } from "./run-store.ts";

export interface StartRequest {
  /** The request's own key: a Slack view id with its hash, a trigger id. The same key is the same run. */
  requestKey: string;
  templateRef: string;
  values: JsonObject;
  /** Keys of fields that were emptied: their defaults do not count. */
  emptied?: readonly string[];
  /** Accepted before; see `secrets/run-secrets.ts`. */
  secrets?: RunSecrets;
  requester: RunRequester;
  channel?: string;
}

export interface StartRunDeps {
  /** The template as far as somebody may use it. */
  findTemplate(
    ref: string,
    by: RunRequester,
  ): { template: Template; form: Form; problem?: string } | undefined;
  /** Throws when they may not start it with these values. Absent: everybody may. */
  assertMayStart?(request: StartRequest, template: Template): void;
  /** Checks the secrets of a request that may start; absent: there are none. */
  acceptSecrets?(request: StartRequest, template: Template): Promise<void>;
  /** Keeps them for the run that was accepted. */
  keepSecrets?(run: RunRecord): Promise<void>;
  /** Fills in the defaults that the form would have shown. */
  complete(form: Form, values: JsonObject, scope: FormScope): JsonObject;
  validate(form: Form, values: JsonObject, scope: FormScope): FieldFault[];
  /** The names that the run will make things under, as far as they are known. */
  namesOf(template: Template, values: JsonObject): string[];
  names: Pick<NameReservations, "reserve" | "release">;
  runs: RunStore;
  jobs: Pick<JobQueue, "add">;
  clock: () => number;
}

/** The job that works on a run; a retry or a wake is a job of its own, so that the finished one does not stand in its way. */
export function runJobId(run: Pick<RunRecord, "id" | "retries" | "wakes">): string {
  const { id, retries, wakes = 0 } = run;
  return wakes === 0 ? `run-${id}-${retries}` : `run-${id}-${retries}-${wakes}`;
}

/** Name under which run jobs are queued. */
export const runJobName = "run";

/**
 * Accepts a run: checks everything, stores the record, queues the job, in this order. When it resolves, both would survive
 * a crash; when the process dies in between, the sweeper queues what was stored.
 * @throws NotFoundError `template-unknown`, InputError `template-broken`, `run-values-invalid`, ForbiddenError
 * `policy-denied`, ConflictError `name-reserved`.
 */
export async function startRun(request: StartRequest, deps: StartRunDeps): Promise<RunRecord> {
  const found = deps.findTemplate(request.templateRef, request.requester);
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
  const scope = scopeOf(request, deps.clock());
  const values = deps.complete(found.form, request.values, scope);
  const faults = deps.validate(found.form, values, scope);
  if (faults.length > 0) {
    throw new InputError("run-values-invalid", "some values do not fit the template", {
      hint: faults
        .map((fault) => `${fault.key === "" ? "" : `${fault.key}: `}${fault.message}`)
        .join("; "),
    });
  }
  deps.assertMayStart?.({ ...request, values }, found.template);
  await deps.acceptSecrets?.(request, found.template);
  const run = await accept({ ...request, values }, found.template, deps);
  await deps.keepSecrets?.(run);
  await deps.jobs.add(runJobName, runJobId(run), { runId: run.id });
  return run;
}

function scopeOf({ requester, emptied }: StartRequest, nowMs: number): FormScope {
  return {
    nowMs,
    ...(requester.userRef === undefined ? {} : { user: { ref: requester.userRef } }),
    ...(emptied === undefined ? {} : { emptied }),
  };
}

/** Holds the names first, so that of two runs for one name the second is refused here; a hold without a run lapses by itself. */
async function accept(
  request: StartRequest,
  template: Template,
  deps: StartRunDeps,
): Promise<RunRecord> {
  const before = await deps.runs.get(runIdOf(request.requestKey));
  if (before !== undefined) return before;
  const run = newRun(request, template, deps.clock());
  const held: string[] = [];
  try {
    for (const name of deps.namesOf(template, request.values)) {
      await deps.names.reserve(name, run.id);
      held.push(name);
    }
  } catch (thrown) {
    await deps.names.release(held, run.id);
    throw thrown;
  }
  const reservedNames = held.length === 0 ? {} : { reservedNames: held };
  return (await deps.runs.create({ ...run, ...reservedNames })).run;
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
    ...(request.secrets === undefined ? {} : { secrets: request.secrets }),
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
