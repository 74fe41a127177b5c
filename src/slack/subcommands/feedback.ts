import { NotFoundError } from "../../base/errors.ts";
import type { FeedbackService } from "../../usecases/services.ts";
import type { SlackContext } from "../context.ts";
import { renderGaps } from "../views/gaps-view.ts";
import { renderStats } from "../views/stats-view.ts";
import type { Subcommand } from "./subcommand.ts";

const usualDays = 7;
const mostDays = 90;

/** How much is asked and how well it is answered. */
export const statsCommand: Subcommand = {
  name: "stats",
  usage: "/callboard stats [days]",
  what: "how much was asked, by whom and about what, and how well it was answered",
  who: "operators",
  action: "see-stats",
  takes: (rest) => rest === "" || /^\d{1,3}$/.test(rest),
  async answer({ context, rest }) {
    const days = Math.min(Math.max(1, Number(rest === "" ? usualDays : rest)), mostDays);
    return renderStats(await feedbackOf(context).stats(days));
  },
};

/** What people asked for in vain. */
export const gapsCommand: Subcommand = {
  name: "gaps",
  usage: "/callboard gaps",
  what: "what people asked for in vain, and what they said is wrong",
  who: "operators",
  action: "see-gaps",
  answer: async ({ context }) => renderGaps(await feedbackOf(context).gaps(), context.now()),
};

/**
 * What people tell back.
 * @throws NotFoundError `feedback-off` where nothing of it is kept
 */
export function feedbackOf({ services }: SlackContext): FeedbackService {
  if (services.feedback === undefined) {
    throw new NotFoundError("feedback-off", "nothing is counted here");
  }
  return services.feedback;
}
