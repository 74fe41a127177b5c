import type { App } from "@slack/bolt";

import { InputError, NotFoundError } from "../../base/errors.ts";
import type { SlackContext } from "../context.ts";
import { showError } from "../errors.ts";
import { message, section } from "../views/blocks.ts";
import { mrk, oneLine } from "../views/text.ts";
import { entityCardOf } from "../views/work-object.ts";
import { answerQuestion, templateList } from "./answering.ts";

/** Callback ids of workflow steps; docs/slack.md has what to add to the manifest for them. */
const stepIds = { findOwner: "find_owner", offerTemplate: "offer_template" } as const;

/** Longest input of a step that is looked at. */
const longestInput = 2000;

/**
 * Registers the steps for Workflow Builder. A step is run by whoever runs the workflow and says itself for whom, which nobody
 * can check: so a step answers questions and offers forms, and never starts anything in somebody's name.
 */
export function registerSteps(app: App, context: SlackContext): void {
  app.function(stepIds.findOwner, async (args) => await run(args, context, findOwner));
  app.function(stepIds.offerTemplate, async (args) => await run(args, context, offerTemplate));
}

/** What Bolt gives to the handler of a step, as far as it is used here. */
interface StepArgs {
  inputs: Record<string, unknown>;
  complete: (result: { outputs: Outputs }) => Promise<unknown>;
  fail: (result: { error: string }) => Promise<unknown>;
}

type Outputs = Record<string, string>;

/** A workflow waits until it is told how its step ended, whatever happened. */
async function run(
  { inputs, complete, fail }: StepArgs,
  context: SlackContext,
  step: (context: SlackContext, inputs: Record<string, unknown>) => Promise<Outputs>,
): Promise<void> {
  let outputs: Outputs;
  try {
    outputs = await step(context, inputs);
  } catch (thrown) {
    const id = context.newId().slice(0, 8);
    const { content, error, isBug } = showError(thrown, id);
    if (isBug) context.logger.error({ id, error: error.message }, "workflow step failed");
    await fail({ error: content.text });
    return;
  }
  await complete({ outputs });
}

async function findOwner(context: SlackContext, inputs: Record<string, unknown>): Promise<Outputs> {
  const name = text(inputs["name"]);
  if (name === "") {
    throw new InputError("step-input-missing", "the step has no name to look up", {
      hint: "fill in its input “name”",
    });
  }
  const answer = await answerQuestion(context, `who owns ${name}`, {
    slackUserId: text(inputs["user_id"]),
  });
  const card = entityCardOf(answer);
  return {
    answer: answer.text,
    owner: card?.owner?.title ?? "",
    channel: card?.contact.slackChannel ?? "",
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value.trim().slice(0, longestInput) : "";
}

/** Sends the person the template's button; the form is theirs to fill in and send. */
async function offerTemplate(
  context: SlackContext,
  inputs: Record<string, unknown>,
): Promise<Outputs> {
  const name = text(inputs["template"]);
  const slackUserId = text(inputs["user_id"]);
  if (slackUserId === "") {
    throw new InputError("step-input-missing", "the step does not say who should get the form", {
      hint: "fill in its input “user_id”",
    });
  }
  if (context.services.templates.get(name) === undefined) {
    throw new NotFoundError("template-unknown", `there is no template “${oneLine(name)}”`, {
      hint: "`/newservice` lists the templates",
    });
  }
  await context.people.requireMember(slackUserId);
  const list = await templateList(context, name, { slackUserId });
  const intro = section(mrk`A workflow suggests that you start this:`);
  const content = message(list.text, [intro, ...list.blocks.slice(1)]);
  await context.outbox.post({ channel: slackUserId, ...content });
  return {};
}
