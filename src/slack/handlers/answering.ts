import type { Answer, Previous } from "../../usecases/answers/answer.ts";
import type { TemplateSummary } from "../../usecases/services.ts";
import type { SlackContext } from "../context.ts";
import { renderAnswer } from "../views/answer.ts";
import type { MessageContent } from "../views/blocks.ts";
import { renderTemplateList } from "../views/template-list.ts";
import { type StartableTemplates, startableOf } from "./startable-templates.ts";

/** Who asks, where, and whether only they see the answer. */
export interface Asker {
  slackUserId: string;
  canShare: boolean;
  /** Absent where there is none, such as on the Home tab. */
  channel?: string;
  threadTs?: string;
  /** Finds what the answer before this question was about; absent where nothing was said before. */
  findPrevious?: () => Promise<Previous | undefined>;
  /** False for what nobody asked in so many words. Default true. */
  isCounted?: boolean;
  /** Told of the answer to a question, before it is drawn. */
  onAnswer?: (answer: Answer) => void;
}

/** Asks Callboard a question on behalf of a person. */
export async function answerQuestion(
  context: SlackContext,
  question: string,
  { slackUserId, findPrevious, onAnswer, isCounted }: Omit<Asker, "canShare">,
): Promise<Answer> {
  const userRef = await context.people.userRef(slackUserId);
  const answer = await context.services.answerQuestion(question, {
    nowMs: context.now(),
    ...(userRef === undefined ? {} : { userRef }),
    ...(findPrevious === undefined ? {} : { findPrevious }),
    ...(isCounted === undefined ? {} : { isCounted }),
  });
  onAnswer?.(answer);
  return answer;
}

/** The same, as a message. */
export async function answerAsMessage(
  context: SlackContext,
  question: string,
  asker: Asker,
): Promise<MessageContent> {
  const answer = await answerQuestion(context, question, asker);
  return renderAnswer(answer, { nowMs: context.now(), canShare: asker.canShare });
}

/** The templates, or the one that was named, or the nearest to a name that does not exist: each with a button that opens its form. */
export async function templateList(
  context: SlackContext,
  name: string,
  { slackUserId, channel }: Pick<Asker, "slackUserId" | "channel">,
): Promise<MessageContent> {
  const { templates } = context.services;
  const startable = async (given: TemplateSummary[]): Promise<StartableTemplates> =>
    await startableOf(context, given, slackUserId, channel);
  if (name === "") return renderTemplateList(await startable(templates.list()));
  const found = templates.get(name);
  if (found === undefined) {
    const near = templates.suggest(name);
    return renderTemplateList({
      unknownName: name,
      ...(await startable(near.length > 0 ? near : templates.list())),
    });
  }
  const { ref } = found.template;
  return renderTemplateList({ templates: templates.list().filter((each) => each.ref === ref) });
}
