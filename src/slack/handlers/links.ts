import { createHash } from "node:crypto";

import type { App } from "@slack/bolt";
import type { LinkSharedEvent } from "@slack/types";

import type { Answer } from "../../usecases/answers/answer.ts";
import type { SlackContext } from "../context.ts";
import { slackErrorCode } from "../errors.ts";
import { entityCardOf, renderUnfurl, renderWorkObject } from "../views/work-object.ts";
import { answerQuestion } from "./answering.ts";

/** A message full of links must not become a wall. */
const mostUnfurls = 2;
/** The same link in the same channel is explained once in this time. */
const repeatMs = 30 * 60_000;

/** Registers what is shown beside links to things in the catalog: repositories, dashboards, runbooks. */
export function registerLinks(app: App, context: SlackContext): void {
  app.event("link_shared", async ({ event, body }) => {
    // what people of another company read along is nobody's business
    if (body.is_ext_shared_channel === true) return;
    await unfurl(event, context);
  });
  app.event("entity_details_requested", async ({ event }) => {
    const answer = await answerAbout(context, event.entity_url, event.user);
    const card = answer === undefined ? undefined : entityCardOf(answer);
    await context.web.entity.presentDetails({
      trigger_id: event.trigger_id,
      ...(card === undefined
        ? { error: { status: "not_found" } }
        : { metadata: renderWorkObject(card, event.entity_url) }),
    });
  });
}

interface Explained {
  url: string;
  answer: Answer;
}

async function unfurl(event: LinkSharedEvent, context: SlackContext): Promise<void> {
  const urls = [...new Set(event.links.map((link) => link.url))].slice(0, 20);
  const explained: Explained[] = [];
  for (const url of urls) {
    if (explained.length === mostUnfurls) break;
    const answer = await answerAbout(context, url, event.user);
    if (answer === undefined || entityCardOf(answer) === undefined) continue;
    if (await isRepeated(context, event.channel, url)) continue;
    explained.push({ url, answer });
  }
  if (explained.length > 0) await show(event, explained, context);
}

async function answerAbout(
  context: SlackContext,
  url: string,
  slackUserId: string,
): Promise<Answer | undefined> {
  return url.length > 2000
    ? undefined
    : await answerQuestion(context, url, { slackUserId, isCounted: false });
}

async function isRepeated(context: SlackContext, channel: string, url: string): Promise<boolean> {
  const period = Math.floor(context.now() / repeatMs);
  const hash = createHash("sha256").update(`${channel} ${url}`).digest("hex").slice(0, 32);
  return !(await context.dedupe(`unfurl:${hash}:${period}`));
}

/** Work Objects first; a workspace that does not know them gets the same as blocks. */
async function show(
  event: LinkSharedEvent,
  explained: readonly Explained[],
  { web, now }: SlackContext,
): Promise<void> {
  const place = placeOf(event);
  try {
    const entities = explained.flatMap(({ url, answer }) => {
      const card = entityCardOf(answer);
      return card === undefined ? [] : [renderWorkObject(card, url)];
    });
    await web.chat.unfurl({ ...place, metadata: { entities } });
  } catch (thrown) {
    if (slackErrorCode(thrown) === undefined) throw thrown;
    const unfurls = explained.flatMap(({ url, answer }) => {
      const card = entityCardOf(answer);
      return card === undefined
        ? []
        : [[url, { blocks: renderUnfurl(card, answer, now()) }] as const];
    });
    await web.chat.unfurl({ ...place, unfurls: Object.fromEntries(unfurls) });
  }
}

/** A link still being written has an id and no message yet. */
function placeOf(event: LinkSharedEvent) {
  const { unfurl_id: unfurlId, source, channel, message_ts: ts } = event;
  if (unfurlId !== undefined && (source === "composer" || source === "conversations_history")) {
    return { unfurl_id: unfurlId, source } as const;
  }
  return { channel, ts };
}
