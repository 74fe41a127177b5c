import type { Answer } from "../../usecases/answers/answer.ts";
import type { SlackContext } from "../context.ts";
import { answerMarker } from "../earlier-answer.ts";
import { renderAnswer, renderAnswerView } from "../views/answer.ts";
import type { ActionArgs } from "./tables.ts";

/**
 * Puts an answer where the button stands that asked for it: into the modal, the message that only one person sees, or the
 * message that everybody sees, which then goes on from this answer.
 */
export async function showInPlace(
  args: ActionArgs,
  context: SlackContext,
  answer: Answer,
): Promise<void> {
  const { view, container, channel } = args.body;
  if (view?.type === "modal") {
    await context.web.views.update({
      view_id: view.id,
      hash: view.hash,
      view: renderAnswerView(answer, context.now()),
    });
    return;
  }
  const isEphemeral = container["is_ephemeral"] === true;
  const content = renderAnswer(answer, { nowMs: context.now(), canShare: isEphemeral });
  const ts: unknown = container["message_ts"];
  if (isEphemeral || channel === undefined || typeof ts !== "string") {
    await args.respond({ response_type: "ephemeral", replace_original: isEphemeral, ...content });
    return;
  }
  const metadata = answerMarker(`click ${ts}`, answer);
  await context.web.chat.update({ channel: channel.id, ts, ...content, metadata });
}
