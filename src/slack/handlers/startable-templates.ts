import type { TemplateSummary } from "../../usecases/services.ts";
import type { SlackContext } from "../context.ts";

/** The templates that are shown to somebody. */
export interface StartableTemplates {
  templates: TemplateSummary[];
  /** How many they may not start, and do not see. */
  hidden: number;
}

/**
 * Of these templates, those that somebody may start; all where there is no policy. Whether they may is decided again when they do: here
 * nobody knows the values yet and, outside a channel, not where it will be.
 */
export async function startableOf(
  { services, people }: SlackContext,
  templates: TemplateSummary[],
  slackUserId: string,
  channel?: string,
): Promise<StartableTemplates> {
  const { policy } = services;
  if (policy?.isConfigured !== true) return { templates, hidden: 0 };
  const userRef = await people.userRef(slackUserId);
  const by = { slackUserId, ...(userRef === undefined ? {} : { userRef }) };
  const startable = templates.filter((template) => policy.mayStart(template, by, channel));
  return { templates: startable, hidden: templates.length - startable.length };
}
