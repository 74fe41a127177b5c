import { afterEach, expect, test } from "@jest/globals";
import { WebClient } from "@slack/web-api";

import { silentLogger } from "../../src/base/logger.ts";
import { createReleaser } from "../../src/base/releaser.ts";
import { answerMarker, findEarlierAnswer } from "../../src/slack/earlier-answer.ts";
import { answerWith, entityCard, sectionCard } from "../helpers/sample-answers.ts";
import { startWebServer } from "../helpers/web-server.ts";

const releaser = createReleaser();
afterEach(async () => await releaser.releaseAll());

/** What is found in a thread that Slack gives in these pages. */
async function findIn(pages: object[][]) {
  const server = await startWebServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const at = Number(new URLSearchParams(body).get("cursor") ?? 0);
      const next = at + 1 < pages.length ? String(at + 1) : "";
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({
          ok: true,
          messages: pages[at],
          response_metadata: { next_cursor: next },
        }),
      );
    });
  });
  releaser.add("server", async () => await server.close());
  const context = {
    web: new WebClient("xoxb-test", { slackApiUrl: `${server.url}/` }),
    logger: silentLogger,
    identity: () => ({
      botUserId: "U0BOT",
      botId: "B0BOT",
      teamId: "T1",
      appId: "A1",
      isOrgWide: false,
    }),
  };
  return await findEarlierAnswer(context, {
    channel: "C1",
    ts: "9.0",
    threadTs: "1.0",
    isDirect: false,
  });
}

const about = (ref: unknown, intent: unknown, user = "U0BOT", type = "callboard_answer") => ({
  user,
  metadata: { event_type: type, event_payload: { ref, intent } },
});
const ledger = "component:default/ledger";

test("the last answer counts, on whichever page of the thread it stands", async () => {
  const found = await findIn([
    [about("component:default/web", "owner")],
    [{ user: "U0BOT" }, about(ledger, "on-call"), { user: "U0ANN", text: "thanks" }],
  ]);

  expect(found).toEqual({ ref: ledger, intent: "on-call" });
});

test.each([
  ["another app", about(ledger, "owner", "U0EVIL")],
  ["another message of ours", about(ledger, "owner", "U0BOT", "callboard_run")],
  ["an intent that does not exist", about(ledger, "constructor")],
  ["something that is no reference", about("<!channel>", "owner")],
  ["a reference that is no text", about({}, "owner")],
  ["no payload", { user: "U0BOT", metadata: { event_type: "callboard_answer" } }],
])("what %s says is not believed", async (_who, message) => {
  expect(await findIn([[message]])).toBeUndefined();
});

test("an answer carries what it is about, and no text", () => {
  const answer = answerWith(entityCard, { entities: [{ ref: ledger, score: 1 }] });

  expect(answerMarker("Ev1", answer)).toEqual({
    event_type: "callboard_answer",
    event_payload: { event_id: "Ev1", ref: ledger, intent: "owner" },
  });
  expect(answerMarker("Ev1", answerWith(sectionCard, { status: "unknown" }))).toEqual({
    event_type: "callboard_answer",
    event_payload: { event_id: "Ev1" },
  });
});
