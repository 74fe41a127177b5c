import { InputError } from "../base/errors.ts";
import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import type { ActionContext, ActionRegistry, AnyAction } from "./action.ts";
import type { RenderContext, RenderWorld } from "./expressions.ts";
import type { TemplateStep } from "./model.ts";
import type { Renderer } from "./renderer.ts";
import { checkInput, isTruthy, renderPart, toOutput } from "./step-input.ts";

/** More repetitions than this are a mistake, or an attack. */
const maxIterations = 1_000;

/** What a step needs of the run it belongs to. */
export interface StepHost {
  actions: ActionRegistry;
  renderer: Renderer;
  /** The world of one step. `notesPrefix` keeps the notes of an `each` iteration apart. */
  createContext(
    step: TemplateStep,
    notesPrefix: string,
    log: (line: string) => void,
  ): ActionContext;
  /** Puts the files of the workspace into its folder, for an action that needs one; absent where they always are. */
  openFolder?(): Promise<unknown>;
  /** Holds a name for the run; absent where nothing is made. @throws ConflictError when another run has it. */
  reserve?(name: string): Promise<void>;
  /** A line for the person who watches; secrets are already masked. */
  onLog(stepId: string, line: string): void;
  signal: AbortSignal;
}

/** What the parts of a step are rendered with. */
export interface StepScope {
  context: RenderContext;
  world: RenderWorld;
  /** Masks secrets. */
  redact: (text: string) => string;
  /** What stands in the place of a secret that an interrupted run does not know any more. */
  lostSecret: string;
}

interface PreparedCall {
  input: unknown;
  notesPrefix: string;
}

/**
 * Runs one step, once or for each entry of `each`; resolves with its output. All inputs are rendered and checked before the
 * first call.
 * @throws InputError `step-action-unknown`, `step-each-invalid`, `expression-failed`, `step-input-invalid`, and what the action throws.
 */
export async function executeStep(
  step: TemplateStep,
  request: StepHost,
  scope: StepScope,
): Promise<JsonObject> {
  const action = request.actions.get(step.action);
  if (action === undefined) {
    throw new InputError("step-action-unknown", `there is no action ${step.action}`, {
      hint: "docs/actions.md lists the actions and how to add one",
    });
  }
  const calls = await prepareCalls(step, action, request, scope);
  const outputs: JsonObject[] = [];
  for (const call of calls) {
    request.signal.throwIfAborted();
    const log = (line: string): void => request.onLog(step.id, scope.redact(line));
    const actionContext = request.createContext(step, call.notesPrefix, log);
    if (!actionContext.isDryRun) {
      for (const name of action.reserves?.(call.input) ?? []) await request.reserve?.(name);
    }
    outputs.push(toOutput(await callAction(action, call.input, actionContext, request)));
  }
  if (step.each === undefined) return outputs[0] ?? {};
  return gather(outputs);
}

/** A mask in the place of a secret would be written into files and requests as if it were the value. */
function secretLost(): InputError {
  return new InputError(
    "step-secret-lost",
    "it needs a secret that an earlier step put out; such outputs are not stored, and the run was interrupted in between",
    {
      hint: "start a new run; templates should hand secrets to steps as `secrets`, not as outputs",
    },
  );
}

async function callAction(
  action: AnyAction,
  input: unknown,
  context: ActionContext,
  host: Pick<StepHost, "openFolder">,
): Promise<JsonObject> {
  if (!context.isDryRun || action.supportsDryRun) {
    if (action.needsFolder !== false) await host.openFolder?.();
    return action.run(input, context);
  }
  context.log(`dry run: ${action.id} was not called with ${JSON.stringify(input).slice(0, 2_000)}`);
  return action.exampleOutput?.(input) ?? {};
}

async function prepareCalls(
  step: TemplateStep,
  action: AnyAction,
  request: StepHost,
  { context, world, redact, lostSecret }: StepScope,
): Promise<PreparedCall[]> {
  const render = (
    value: JsonValue,
    name: string,
    scope: RenderContext,
  ): Promise<JsonValue | undefined> => renderPart({ value, name }, scope, world, request.renderer);
  const warned = new Set<string>();
  const prepare = async (scope: RenderContext, notesPrefix: string): Promise<PreparedCall> => {
    const rendered = await render(step.input, "input", scope);
    if (JSON.stringify(rendered ?? {}).includes(lostSecret)) throw secretLost();
    const { input, unknown } = checkInput(action, isRecord(rendered) ? rendered : {});
    for (const key of unknown.filter((one) => !warned.has(one))) {
      warned.add(key);
      request.onLog(step.id, redact(`warning: ${action.id} has no input “${key}”; it is ignored`));
    }
    return { input, notesPrefix };
  };
  if (step.each === undefined) return [await prepare(context, "")];
  const entries = entriesOf(await render(step.each, "each", context));
  const calls: PreparedCall[] = [];
  for (const [index, [key, value]] of entries.entries()) {
    const scope = { ...context, each: { key, value } };
    if (step.if !== undefined && !isTruthy(await render(step.if, "if", scope))) continue;
    calls.push(await prepare(scope, `each-${index}/`));
  }
  return calls;
}

/** Keys of lists are the texts "0", "1", … as in Backstage. */
function entriesOf(value: JsonValue | undefined): [string, JsonValue][] {
  if (typeof value !== "object" || value === null) {
    throw new InputError(
      "step-each-invalid",
      `each must be a list or an object, found ${JSON.stringify(value) ?? "nothing"}`,
    );
  }
  const entries = Object.entries(value);
  if (entries.length > maxIterations) {
    throw new InputError(
      "step-each-invalid",
      `each has ${entries.length} entries; at most ${maxIterations} are run`,
    );
  }
  return entries;
}

/** Every output becomes a list, in order of the iterations. */
function gather(outputs: JsonObject[]): JsonObject {
  const gathered = new Map<string, JsonValue[]>();
  for (const output of outputs) {
    for (const [name, value] of Object.entries(output)) {
      gathered.set(name, [...(gathered.get(name) ?? []), value]);
    }
  }
  return Object.fromEntries(gathered);
}
