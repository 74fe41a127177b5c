import { readFileSync } from "node:fs";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { z } from "zod";

import { createFakeServices, sampleTemplate } from "../helpers/fake-services.ts";
import { sharedPath } from "../helpers/shared.ts";
import { dario, guest, type SlackBench, startSlackBench } from "../helpers/slack-bench.ts";

let bench: SlackBench;

beforeAll(async () => {
  bench = await startSlackBench({
    services: createFakeServices([sampleTemplate("node-service", [])]),
    playground: { events: ["function_executed"] },
  });
});
afterAll(async () => await bench.close());

/** Runs a step to its end. */
async function run(callbackId: string, inputs: Record<string, unknown>) {
  const { execution } = await bench.driver.runStep({ user: dario, callbackId, inputs });
  return await bench.driver.waitFor(() => {
    const result = bench.driver.stepResult(execution.id);
    return result?.status === "running" ? undefined : result;
  });
}

test("find_owner gives the answer, the owner and the channel", async () => {
  const result = await run("find_owner", { name: "payments", user_id: dario });

  expect(result).toMatchObject({
    status: "completed",
    outputs: {
      answer: "Payments API is owned by Payments.",
      owner: "Payments",
      channel: "#payments",
    },
  });
});

test("find_owner without a name fails with what is missing", async () => {
  const result = await run("find_owner", {});

  expect(result).toMatchObject({
    status: "failed",
    error: expect.stringContaining("no name to look up"),
  });
});

test("offer_template sends the form's button, and starts nothing", async () => {
  const result = await run("offer_template", { template: "node-service", user_id: dario });
  const [message] = bench.driver.directMessages(dario);

  expect(result.status).toBe("completed");
  expect(JSON.stringify(message?.blocks)).toContain('"action_id":"template-open/0"');
});

test.each([
  [{ template: "nope", user_id: dario }, "There is no template “nope”"],
  [{ template: "node-service" }, "who should get the form"],
  [{ template: "node-service", user_id: guest }, "Guests cannot start"],
])("offer_template with %j fails with the reason", async (inputs, reason) => {
  const result = await run("offer_template", inputs);

  expect(result).toMatchObject({ status: "failed", error: expect.stringContaining(reason) });
});

const oracle = sharedPath("oracles/slack-manifest.schema.json");
(oracle === undefined ? describe.skip : describe)("by Slack's own schema", () => {
  test("the manifest's addition in docs/slack.md is one that Slack accepts", () => {
    const docs = readFileSync("docs/slack.md", "utf8");
    const addition: unknown = parse(/```yaml\n(functions:[\s\S]*?)```/.exec(docs)?.[1] ?? "");
    const schema = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(readFileSync(oracle ?? "", "utf8")));
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(
      schema,
    );

    validate({
      display_information: { name: "Callboard" },
      ...z.object({}).loose().parse(addition),
    });

    expect(validate.errors ?? []).toEqual([]);
  });
});
