import { describe, expect, test } from "@jest/globals";
import { z } from "zod";

import { ConflictError, UpstreamError } from "../../src/base/errors.ts";
import { toJsonObject, type JsonObject } from "../../src/base/json.ts";
import { defineAction, type AnyAction } from "../../src/scaffold/action.ts";
import { createActionRegistry } from "../../src/scaffold/actions/builtin-actions.ts";
import type { StepState, TemplateStep } from "../../src/scaffold/model.ts";
import { inProcessRenderer } from "../../src/scaffold/renderer.ts";
import {
  runSteps,
  statesForRetry,
  type RunStepsRequest,
  type RunStepsResult,
} from "../../src/scaffold/run-steps.ts";
import { actionContext, startedAtMs, templateEntity } from "../helpers/scaffold.ts";

/** Returns its input; fails, writes or waits as the input says. */
const calls: { id: string; input: unknown; prefix?: string }[] = [];
const anything = z.record(z.string(), z.unknown());

const echo = defineAction({
  id: "echo",
  description: "Puts out its input.",
  input: anything,
  supportsDryRun: true,
  async run(input, context) {
    calls.push({ id: context.stepId, input });
    return toJsonObject(input);
  },
});
const write = { ...echo, id: "write", changesWorkspace: true };
const strict = defineAction({
  id: "strict",
  description: "Takes a name.",
  input: z.object({ name: z.string(), size: z.number().optional() }),
  supportsDryRun: false,
  exampleOutput: () => ({ url: "https://example.com" }),
  async run(input) {
    return { url: `https://real/${input.name}` };
  },
});
const fail = defineAction({
  id: "fail",
  description: "Fails.",
  input: anything,
  supportsDryRun: true,
  async run(input) {
    if (input["how"] === "upstream")
      throw new UpstreamError("github-down", "GitHub is down", { isRetryable: true });
    if (input["how"] === "plain") throw new Error("plain words");
    throw new ConflictError("repo-exists", "taken", { hint: "choose another name" });
  },
});
const loud = defineAction({
  id: "loud",
  description: "Logs.",
  input: anything,
  supportsDryRun: true,
  async run(input, context) {
    context.log(`the token is ${String(input["token"])}`);
    return {};
  },
});

const registry = createActionRegistry([echo, write, strict, fail, loud] as AnyAction[]);

interface Outcome extends RunStepsResult {
  /** `id:status` at each checkpoint, in order. */
  checkpoints: string[];
  log: string[];
}

async function run(
  steps: Partial<TemplateStep>[],
  over: Partial<RunStepsRequest> & { output?: JsonObject } = {},
): Promise<Outcome> {
  calls.length = 0;
  const checkpoints: string[] = [];
  const log: string[] = [];
  const { output = {}, ...rest } = over;
  const entity = templateEntity({});
  const result = await runSteps({
    template: {
      ref: entity.ref,
      title: "Sample",
      type: "service",
      tags: [],
      base: "/nowhere/template.yaml",
      pages: [],
      steps: steps.map((step, index) => ({
        id: `s${index + 1}`,
        name: `Step ${index + 1}`,
        action: "echo",
        input: {},
        ...step,
      })),
      output,
    },
    values: { name: "ledger", list: ["a", "b"], on: true, off: false },
    runId: "run-1",
    user: { name: "Robin", ref: "user:default/robin" },
    startedAtMs,
    actions: registry,
    renderer: inProcessRenderer(),
    createContext: (step, prefix, line) => ({
      ...actionContext("/nowhere"),
      stepId: step.id + prefix,
      isDryRun: over.isDryRun === true,
      log: line,
    }),
    onLog: (stepId, line) => void log.push(`${stepId}: ${line}`),
    onStep: async (state) => void checkpoints.push(`${state.id}:${state.status}`),
    signal: new AbortController().signal,
    isDryRun: false,
    clock: () => 5,
    ...rest,
  });
  return { ...result, checkpoints, log };
}

const statuses = (result: RunStepsResult): string[] => result.steps.map((step) => step.status);

describe("values and outputs", () => {
  test("outputs of earlier steps keep their type, and nothing else does", async () => {
    const result = await run(
      [
        { id: "fetch-base", input: { n: 3, list: "${{ parameters.list }}" } },
        {
          input: {
            n: "${{ steps['fetch-base'].output.n }}",
            list: "${{ steps['fetch-base'].output.list }}",
            text: "n=${{ steps['fetch-base'].output.n }}",
            gone: "${{ steps.nope.output.x }}",
            who: "${{ user.ref }}",
            run: "${{ context.task.id }}",
            region: "${{ environment.parameters.region }}",
          },
        },
      ],
      { environment: { parameters: { region: "eu" } } },
    );

    expect(result.status).toBe("completed");
    expect(result.steps[1]?.output).toEqual({
      n: 3,
      list: ["a", "b"],
      text: "n=3",
      who: "user:default/robin",
      run: "run-1",
      region: "eu",
    });
    expect(result.checkpoints).toEqual([
      "fetch-base:running",
      "fetch-base:completed",
      "s2:running",
      "s2:completed",
    ]);
  });

  test("a value that looks like an expression stays what it is", async () => {
    const result = await run([{ input: { a: "${{ parameters.name }}" } }], {
      values: { name: "${{ secrets.T }}" },
      secrets: { T: "hush-hush" },
    });

    expect(result.steps[0]?.output).toEqual({ a: "${{ secrets.T }}" });
  });

  test("renders links and texts, leaving out those whose condition is false or nothing", async () => {
    const result = await run([{ input: { url: "https://x.io" } }], {
      output: {
        links: [
          { title: "Code", url: "${{ steps.s1.output.url }}", icon: "github" },
          { title: "Entity", entityRef: "component:default/ledger", if: "${{ parameters.on }}" },
          { title: "Hidden", url: "https://no", if: "${{ parameters.off }}" },
          { title: "Nothing", url: "https://no", if: "${{ parameters.missing }}" },
          { title: "Nowhere", url: "${{ steps.nope.output.url }}" },
        ],
        text: [{ title: "Next", content: "Clone **${{ parameters.name }}**" }, { title: "empty" }],
        remote: "${{ steps.s1.output.url }}",
      },
    });

    expect(result.output).toEqual({
      links: [
        { title: "Code", url: "https://x.io", icon: "github" },
        { title: "Entity", entityRef: "component:default/ledger" },
      ],
      text: [{ title: "Next", content: "Clone **ledger**" }],
      values: { remote: "https://x.io" },
    });
  });

  test("an output that cannot be rendered does not undo what was done", async () => {
    const result = await run([{}], { output: { links: [{ title: "x", url: "${{ 1 | nope }}" }] } });

    expect(result).toMatchObject({ status: "completed", output: { links: [] } });
    expect(result.log.join()).toContain("nope");
  });
});

describe("conditions", () => {
  test.each([
    [false, "skipped"],
    [true, "completed"],
    ["${{ parameters.off }}", "skipped"],
    ["${{ parameters.missing }}", "skipped"],
    ["${{ '' }}", "skipped"],
    ["${{ [] }}", "skipped"],
    ["${{ 0 }}", "skipped"],
    ["${{ {} }}", "completed"],
    ["false", "completed"],
    ["0", "completed"],
    ["", "skipped"],
    ["${{ parameters.name === 'ledger' and parameters.on }}", "completed"],
  ])("if: %j is %s", async (condition, wanted) => {
    const result = await run([{ if: condition, action: "echo" }]);

    expect(statuses(result)).toEqual([wanted]);
  });

  test("a skipped step may name an unknown action and has no output", async () => {
    const result = await run([
      { if: "${{ false }}", action: "acme:unknown" },
      { input: { x: "${{ steps.s1.output.x or 'none' }}" } },
    ]);

    expect(statuses(result)).toEqual(["skipped", "completed"]);
    expect(result.steps[1]?.output).toEqual({ x: "none" });
  });

  test("secrets are there for input and each, not for a plain if, nor for the output", async () => {
    const result = await run(
      [
        { if: "${{ secrets.T == 'hush-hush' }}" },
        { input: { has: "${{ secrets.T == 'hush-hush' }}" } },
        { each: ["x"], if: "${{ secrets.T == 'hush-hush' }}", input: { v: "${{ each.value }}" } },
      ],
      { secrets: { T: "hush-hush" }, output: { t: "${{ secrets.T }}" } },
    );

    expect(statuses(result)).toEqual(["skipped", "completed", "completed"]);
    expect(result.steps[1]?.output).toEqual({ has: true });
    expect(result.steps[2]?.output).toEqual({ v: ["x"] });
    expect(result.output?.values).toEqual({});
  });
});

test("the operator's secrets are there for input and each only, and are masked in what a step says", async () => {
  const environment = { parameters: {}, secrets: { npm: "npm-hush-hush" } };
  const result = await run(
    [
      { if: "${{ environment.secrets.npm }}" },
      { action: "loud", input: { token: "${{ environment.secrets.npm }}" } },
      {
        each: ["${{ environment.secrets.npm }}"],
        input: { is: "${{ each.value == 'npm-hush-hush' }}" },
      },
    ],
    { environment, output: { npm: "${{ environment.secrets.npm }}" } },
  );

  expect(statuses(result)).toEqual(["skipped", "completed", "completed"]);
  expect(result.log).toContain("s2: the token is ***");
  expect(result.steps[2]?.output).toEqual({ is: [true] });
  expect(result.output?.values).toEqual({});
});

test("templates see the person's whole entity, and none for who is not in the catalog", async () => {
  const input = { team: "${{ user.entity.spec.memberOf[0] }}", ref: "${{ user.ref }}" };
  const entity = templateEntity({ memberOf: ["team-a"] });

  const known = await run([{ input }], { user: { name: "R", ref: "user:default/r", entity } });
  const unknown = await run([{ input }], { user: { name: "R" } });

  expect(known.steps[0]?.output).toEqual({ team: "team-a", ref: "user:default/r" });
  expect(unknown.steps[0]?.output).toEqual({});
});

describe("each", () => {
  test("runs for every entry and gathers outputs in lists", async () => {
    const result = await run([
      { each: "${{ parameters.list }}", input: { k: "${{ each.key }}", v: "${{ each.value }}" } },
      { each: { one: 1, two: 2 }, if: "${{ each.value > 1 }}", input: { k: "${{ each.key }}" } },
      { each: [], input: {} },
    ]);

    expect(result.steps.map((step) => step.output)).toEqual([
      { k: ["0", "1"], v: ["a", "b"] },
      { k: ["two"] },
      {},
    ]);
    expect(calls.map((call) => call.id)).toEqual(["s1each-0/", "s1each-1/", "s2each-1/"]);
  });

  test("checks all inputs before the first call", async () => {
    const result = await run([
      { action: "strict", each: ["ok", 3], input: { name: "${{ each.value }}" } },
    ]);

    expect(result.steps[0]?.error?.code).toBe("step-input-invalid");
    expect(calls).toEqual([]);
  });

  test.each(["${{ parameters.missing }}", "text", 3])("refuses %j", async (each) => {
    const result = await run([{ each }]);

    expect(result.steps[0]?.error).toMatchObject({ code: "step-each-invalid" });
  });

  test("refuses more entries than anybody means", async () => {
    const result = await run([{ each: Array.from({ length: 1001 }, (_, index) => index) }]);

    expect(result.steps[0]?.error?.code).toBe("step-each-invalid");
  });
});

describe("failures", () => {
  test("name the step and the reason; later steps wait, those for failures run", async () => {
    const result = await run(
      [
        {},
        { action: "fail", name: "Publish" },
        { input: { never: true } },
        { if: "${{ failure() }}", input: { cleaned: true } },
        { if: "${{ always() and parameters.off }}" },
        { if: "${{ always() }}", action: "fail" },
      ],
      { output: { x: "never" } },
    );

    expect(result.status).toBe("failed");
    expect(statuses(result)).toEqual([
      "completed",
      "failed",
      "waiting",
      "completed",
      "skipped",
      "failed",
    ]);
    expect(result.error).toEqual({
      code: "repo-exists",
      message: "Step “Publish” (fail) failed: taken",
      hint: "choose another name",
      stepId: "s2",
    });
    expect(result.output).toBeUndefined();
  });

  test("failure() is false while all is well", async () => {
    expect(statuses(await run([{ if: "${{ failure() }}" }, { if: "${{ always() }}" }]))).toEqual([
      "skipped",
      "completed",
    ]);
  });

  test("an expression that fails fails its step, and its raw text goes nowhere", async () => {
    const result = await run([{ input: { deep: [{ x: "${{ 'team' | parseEntityRef }}" }] } }]);

    expect(calls).toEqual([]);
    expect(result.error).toMatchObject({ code: "expression-failed", stepId: "s1" });
    expect(result.error?.message).toMatch(
      /Step “Step 1” \(echo\) failed: “\$\{\{ 'team' \| parseEntityRef \}\}” in input\.deep\.0\.x cannot be rendered: .*has no kind/,
    );
  });

  test("an if that fails fails its step instead of being true", async () => {
    const result = await run([{ if: "${{ a ? b : c }}" }]);

    expect(result.error).toMatchObject({ code: "expression-failed" });
  });

  test("an unknown action, an input that does not fit, words of a plug-in", async () => {
    const unknown = await run([{ action: "acme:nope" }]);
    const unfit = await run([{ action: "strict", input: { size: "big" } }]);
    const plain = await run([{ action: "fail", input: { how: "plain" } }]);

    expect(unknown.error?.code).toBe("step-action-unknown");
    expect(unfit.error?.message).toMatch(/its input does not fit strict: name: .*; size: /);
    expect(plain.error).toMatchObject({
      code: "step-crashed",
      message: "Step “Step 1” (fail) failed: plain words",
    });
  });

  test("unknown inputs are a warning", async () => {
    const result = await run([
      { action: "strict", input: { name: "x", allowedHosts: ["github.com"] } },
    ]);

    expect(result.status).toBe("completed");
    expect(result.log).toEqual(["s1: warning: strict has no input “allowedHosts”; it is ignored"]);
  });

  test("an output that is too large to keep is refused", async () => {
    const result = await run([{ input: { big: "x".repeat(1_000_001) } }]);

    expect(result.error?.code).toBe("step-output-too-large");
  });

  test("what may pass is thrown to whoever can wait, with the step waiting again", async () => {
    const steps = [{ action: "fail", input: { how: "upstream" } }];
    const checkpoints: string[] = [];
    const onStep = async (state: StepState): Promise<void> => void checkpoints.push(state.status);

    await expect(run(steps, { rethrowRetryable: true, onStep })).rejects.toBeInstanceOf(
      UpstreamError,
    );
    const result = await run(steps);

    expect(checkpoints).toEqual(["running", "waiting"]);
    expect(result.error?.code).toBe("github-down");
  });

  test("secrets are masked in logs, errors and hints", async () => {
    const secrets = { T: "hush-hush", SHORT: "ab" };
    const logged = await run([{ action: "loud", input: { token: "${{ secrets.T }}" } }], {
      secrets,
    });
    const failed = await run(
      [{ action: "strict", input: { name: { deep: "${{ secrets.T | nope }}" } } }],
      { secrets },
    );

    expect(logged.log).toEqual(["s1: the token is ***"]);
    expect(JSON.stringify(failed)).not.toContain("hush-hush");
  });
});

describe("stopping and resuming", () => {
  test("stops before the next step when the signal is aborted", async () => {
    const controller = new AbortController();
    const result = await run([{}, {}], {
      signal: controller.signal,
      onStep: async (state) => void (state.status === "completed" && controller.abort()),
    });

    expect(result.status).toBe("stopped");
    expect(statuses(result)).toEqual(["completed", "waiting"]);
  });

  const done: StepState[] = [
    { id: "s1", name: "Step 1", action: "write", status: "completed", output: { x: 1 } },
    { id: "s2", name: "Step 2", action: "echo", status: "completed", output: { repo: "made" } },
    { id: "s3", name: "Step 3", action: "echo", status: "running", startedAtMs: 1 },
  ];

  test("continues after the last finished step; only what changes the workspace is done again", async () => {
    const result = await run(
      [
        { action: "write", input: { x: 1 } },
        {},
        { input: { seen: "${{ steps.s2.output.repo }}" } },
      ],
      { before: done },
    );

    expect(calls.map((call) => call.id)).toEqual(["s1", "s3"]);
    expect(result.steps.map((step) => step.output)).toEqual([
      { x: 1 },
      { repo: "made" },
      { seen: "made" },
    ]);
    expect(result.checkpoints).toEqual(["s3:running", "s3:completed"]);
  });

  test("a step that needs a secret which an earlier one put out fails after a stop in between, and nothing is called", async () => {
    const steps: Partial<TemplateStep>[] = [
      { input: { token: "${{ secrets.T }}", url: "https://x" } },
      { input: { v: "Bearer ${{ steps.s1.output.token }}" } },
      { if: "${{ always() }}", input: { v: "${{ steps.s1.output.url }}" } },
    ];
    const secrets = { T: "hush-hush" };
    const whole = await run(steps, { secrets });
    expect(statuses(whole)).toEqual(["completed", "completed", "completed"]);
    const [first] = whole.steps;
    expect(first).toMatchObject({ output: { token: "***", url: "https://x" }, isMasked: true });

    const resumed = await run(steps, {
      secrets,
      before: whole.steps.slice(0, 1),
      output: { said: "${{ steps.s1.output.token }}" },
    });

    expect(resumed.error).toMatchObject({ code: "step-secret-lost", stepId: "s2" });
    // what was no secret is still there
    expect(calls.map(({ id }) => id)).toEqual(["s3"]);
    expect(statuses(resumed)).toEqual(["completed", "failed", "completed"]);
    expect(JSON.stringify([resumed.steps, resumed.log])).not.toContain("secret of run");
  });

  test("what a template puts out shows a mask where an earlier step had put out a secret", async () => {
    const state: StepState = { id: "s1", name: "Step 1", action: "echo", status: "completed" };

    const resumed = await run([{}], {
      before: [{ ...state, output: { token: "***" }, isMasked: true }],
      output: { said: "${{ steps.s1.output.token }}" },
    });

    expect(resumed.output?.values).toEqual({ said: "***" });
  });

  test("a failure from before stays one, and its followers still run", async () => {
    const failed: StepState = {
      id: "s1",
      name: "Step 1",
      action: "fail",
      status: "failed",
      error: { code: "x", message: "was it" },
    };

    const result = await run([{ action: "fail" }, {}, { if: "${{ failure() }}" }], {
      before: [failed],
    });

    expect(result.error).toEqual({ code: "x", message: "was it", stepId: "s1" });
    expect(statuses(result)).toEqual(["failed", "waiting", "completed"]);
  });

  test("a retry begins at the first step that did not finish", () => {
    const states: StepState[] = [
      { id: "a", name: "a", action: "x", status: "completed", output: {} },
      { id: "b", name: "b", action: "x", status: "skipped" },
      { id: "c", name: "c", action: "x", status: "failed", error: { code: "e", message: "m" } },
      { id: "d", name: "d", action: "x", status: "completed", output: {} },
    ];

    expect(statesForRetry(states).map((state) => [state.status, state.error])).toEqual([
      ["completed", undefined],
      ["skipped", undefined],
      ["waiting", undefined],
      ["waiting", undefined],
    ]);
  });
});

test("a dry run describes what it cannot do and makes up its output", async () => {
  const result = await run(
    [{ action: "strict", input: { name: "x" } }, { input: { url: "${{ steps.s1.output.url }}" } }],
    { isDryRun: true },
  );

  expect(result.log[0]).toContain('dry run: strict was not called with {"name":"x"}');
  expect(result.steps[1]?.output).toEqual({ url: "https://example.com" });
});

test("two actions cannot have one id", () => {
  expect(() => createActionRegistry([echo as AnyAction], registry)).toThrow(
    expect.objectContaining({ code: "action-duplicate" }),
  );
});
