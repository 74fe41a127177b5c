import { CallboardError, InputError, toError, UpstreamError } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import type { ActionContext } from "./action.ts";
import { executeStep, type StepHost, type StepScope } from "./execute-step.ts";
import type { RenderContext, RenderWorld } from "./expressions.ts";
import type { RunOutput, StepError, StepState, Template, TemplateStep } from "./model.ts";
import { createRedactor, mask, redactDeep } from "./redact.ts";
import { renderOutput } from "./render-output.ts";
import { isTruthy, renderPart, runsAfterFailure } from "./step-input.ts";
import { StepWait, type StepWaiting } from "./step-wait.ts";
import { withTextAt } from "./text-at.ts";

/** Everything a run needs; nothing else is touched. */
export interface RunStepsRequest extends StepHost {
  template: Template;
  /** Validated parameters. */
  values: JsonObject;
  runId: string;
  user: ActionContext["user"];
  startedAtMs: number;
  /** How the steps stand from before: completed, skipped and failed ones are not run again. */
  before?: readonly StepState[];
  /** Awaited before a step begins; throws what refuses it, or `StepWait`. */
  beforeStep?(step: TemplateStep): Promise<void>;
  /** Awaited at each change of a step, before anything else happens. */
  onStep(state: StepState): Promise<void>;
  isDryRun: boolean;
  clock(): number;
  secrets?: Record<string, string>;
  /** Secrets that are read like parameters, in whose place `values` holds a mask. */
  secretParameters?: readonly { path: readonly string[]; value: string }[];
  environment?: { parameters?: Record<string, string>; secrets?: Record<string, string> };
  /** True: a failure of the other side that may pass is thrown to the caller, who tries the run again later. */
  rethrowRetryable?: boolean;
}

export interface RunStepsResult {
  /** `stopped`: the signal was aborted, or a step waits (then with `wait`); what is not done stays `waiting`. */
  status: "completed" | "failed" | "stopped";
  wait?: StepWaiting;
  steps: StepState[];
  output?: RunOutput;
  error?: StepError & { stepId?: string };
}

/** What the parts of a run share while it goes. */
interface RunState {
  request: RunStepsRequest;
  states: StepState[];
  outputs: Record<string, { output: JsonObject }>;
  error?: StepError & { stepId?: string };
  wait?: StepWaiting;
  redact: (text: string) => string;
}

/**
 * Runs the steps in order and renders the output. A finished step is checkpointed by `onStep` before the next begins.
 *
 * Resuming: steps that are done stay done. The workspace begins empty in each process, so steps that only change the
 * workspace (`changesWorkspace`) are repeated in their place, silently, and give the same files; what acts on the outside is
 * never repeated.
 * @throws UpstreamError when `rethrowRetryable` and an action failed for a reason that may pass.
 * @see https://backstage.io/docs/features/software-templates/writing-templates
 */
export async function runSteps(request: RunStepsRequest): Promise<RunStepsResult> {
  const run: RunState = {
    request,
    states: request.template.steps.map((step, index) =>
      initialState(step, request.before?.[index]),
    ),
    outputs: {},
    redact: createRedactor([
      ...Object.values({ ...request.environment?.secrets }),
      ...Object.values({ ...request.secrets }),
      ...(request.secretParameters ?? []).map(({ value }) => value),
      lostSecret(request),
    ]),
  };
  const failed = run.states.find((state) => state.status === "failed");
  if (failed?.error !== undefined) run.error = { ...failed.error, stepId: failed.id };
  for (const [index, step] of request.template.steps.entries()) {
    if (request.signal.aborted) return { status: "stopped", steps: run.states };
    const isStopped = await visitStep(step, index, run);
    if (isStopped) {
      const { wait } = run;
      return { status: "stopped", steps: run.states, ...(wait === undefined ? {} : { wait }) };
    }
  }
  if (run.error !== undefined) return { status: "failed", steps: run.states, error: run.error };
  return finish(run);
}

/**
 * The states for another try of a failed run: everything from the first step that did not finish waits again.
 */
export function statesForRetry(states: readonly StepState[]): StepState[] {
  const first = states.findIndex(
    (state) => state.status !== "completed" && state.status !== "skipped",
  );
  return states.map((state, index) =>
    first >= 0 && index >= first
      ? { id: state.id, name: state.name, action: state.action, status: "waiting" }
      : state,
  );
}

function initialState(step: TemplateStep, before: StepState | undefined): StepState {
  const isDone =
    before !== undefined &&
    before.id === step.id &&
    ["completed", "skipped", "failed"].includes(before.status);
  if (isDone) return before;
  return { id: step.id, name: step.name, action: step.action, status: "waiting" };
}

/** Brings one step to its end. True when the run was stopped in it. */
async function visitStep(step: TemplateStep, index: number, run: RunState): Promise<boolean> {
  const { request } = run;
  const state = run.states[index];
  if (state === undefined) return false;
  if (state.status === "completed" && state.output !== undefined) {
    await restoreStep(step, index, run);
    run.outputs[step.id] = { output: restoredOutput(state, run.request) };
    return false;
  }
  if (state.status !== "waiting") return false;
  if (run.error !== undefined && !runsAfterFailure(step)) return false;
  const begun: StepState = { ...state, status: "running", startedAtMs: request.clock() };
  try {
    if (!(await isWanted(step, run))) {
      await change(run, index, { ...state, status: "skipped" });
      return false;
    }
    await request.beforeStep?.(step);
    await change(run, index, begun);
    const output = await executeStep(step, run.request, scopeOf(run));
    run.outputs[step.id] = { output };
    const ended = { ...begun, status: "completed" as const, endedAtMs: request.clock() };
    const shown = redactDeep(output, run.redact);
    const isMasked = JSON.stringify(shown) !== JSON.stringify(output);
    await change(run, index, { ...ended, output: shown, ...(isMasked ? { isMasked } : {}) });
    return false;
  } catch (thrown) {
    return failStep(thrown, index, begun, run);
  }
}

async function failStep(
  thrown: unknown,
  index: number,
  begun: StepState,
  run: RunState,
): Promise<boolean> {
  const { request } = run;
  const { startedAtMs: _begun, ...waiting } = begun;
  if (thrown instanceof StepWait && !request.isDryRun) {
    run.wait = thrown.waiting;
    await change(run, index, { ...waiting, status: "waiting" });
    return true;
  }
  const mayPass = thrown instanceof UpstreamError && thrown.isRetryable;
  if (request.signal.aborted || (mayPass && request.rethrowRetryable === true)) {
    await change(run, index, { ...waiting, status: "waiting" });
    if (request.signal.aborted) return true;
    throw toError(thrown);
  }
  const error = stepError(thrown, begun, run.redact);
  run.error ??= { ...error, stepId: begun.id };
  run.request.onLog(begun.id, `failed: ${error.message}`);
  await change(run, index, { ...begun, status: "failed", endedAtMs: request.clock(), error });
  return false;
}

async function change(run: RunState, index: number, state: StepState): Promise<void> {
  run.states[index] = state;
  await run.request.onStep(state);
}

/** Does a finished step again when all it does is to change the workspace, which is empty after a restart. */
async function restoreStep(step: TemplateStep, index: number, run: RunState): Promise<void> {
  const isAnythingLeft = run.states.slice(index + 1).some((state) => state.status === "waiting");
  if (!isAnythingLeft || run.request.actions.get(step.action)?.changesWorkspace !== true) return;
  const quiet: RunStepsRequest = { ...run.request, onLog: () => undefined };
  await executeStep(step, quiet, scopeOf(run));
}

async function isWanted(step: TemplateStep, run: RunState): Promise<boolean> {
  if (step.if === undefined || step.each !== undefined) return step.if !== false;
  const condition = await renderPart(
    { value: step.if, name: "if" },
    contextOf(run, false),
    worldOf(run),
    run.request.renderer,
  );
  return isTruthy(condition);
}

/** Stands in outputs of a step from before where a secret was: a mask would pass for a value. */
function lostSecret({ runId }: Pick<RunStepsRequest, "runId">): string {
  return `(secret of run ${runId})`;
}

function restoredOutput(
  { output = {}, isMasked }: StepState,
  request: RunStepsRequest,
): JsonObject {
  if (isMasked !== true) return output;
  return redactDeep(output, (text) => text.replaceAll(mask, lostSecret(request)));
}

function scopeOf(run: RunState): StepScope {
  return {
    lostSecret: lostSecret(run.request),
    context: contextOf(run, true),
    world: worldOf(run),
    redact: run.redact,
  };
}

function worldOf(run: RunState): RenderWorld {
  return { nowMs: run.request.startedAtMs, hasFailed: run.error !== undefined };
}

/** What expressions see. Secrets are there only while `input` and `each` are rendered. */
function contextOf(run: RunState, withSecrets: boolean): RenderContext {
  const { request } = run;
  const { entity, ref } = request.user;
  const environment: RenderContext = { parameters: request.environment?.parameters ?? {} };
  const context: RenderContext = {
    parameters: request.values,
    steps: run.outputs,
    context: { task: { id: request.runId } },
    environment,
  };
  if (ref !== undefined) {
    context["user"] = { ref, ...(entity === undefined ? {} : { entity: entity.entity }) };
  }
  if (withSecrets) {
    context["secrets"] = request.secrets ?? {};
    context["parameters"] = (request.secretParameters ?? []).reduce(
      (values, { path, value }) => withTextAt(values, path, value),
      request.values,
    );
    environment["secrets"] = request.environment?.secrets ?? {};
  }
  return context;
}

async function finish(run: RunState): Promise<RunStepsResult> {
  try {
    const output = await renderOutput(
      run.request.template.output,
      contextOf(run, false),
      worldOf(run),
      run.request.renderer,
    );
    return { status: "completed", steps: run.states, output: redactOutput(output, run.redact) };
  } catch (thrown) {
    if (!(thrown instanceof InputError)) throw thrown;
    // All steps are done: a broken link in the summary does not undo them.
    run.request.onLog(
      "output",
      `the output of the template could not be rendered: ${thrown.message}`,
    );
    return { status: "completed", steps: run.states, output: { links: [], text: [], values: {} } };
  }
}

/** What a template puts out is shown to people, whatever its steps put into it. */
function redactOutput(output: RunOutput, redact: (text: string) => string): RunOutput {
  const clean: RunOutput = JSON.parse(JSON.stringify(output), (_key, value: unknown) =>
    typeof value === "string" ? redact(value) : value,
  );
  return clean;
}

/** In words a person can act on; what is not one of our errors is told as it is, cut short. */
function stepError(thrown: unknown, step: StepState, redact: (text: string) => string): StepError {
  const error = toError(thrown);
  const text = redact(error.message).slice(0, 1000);
  const message = `Step “${step.name}” (${step.action}) failed: ${text}`;
  if (!(error instanceof CallboardError)) return { code: "step-crashed", message };
  const hint = error.hint === undefined ? {} : { hint: redact(error.hint) };
  return { code: error.code, message, ...hint };
}
