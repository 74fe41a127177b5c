import { readFileSync } from "node:fs";

import { parse } from "yaml";
import { z } from "zod";

/** The parts of manifest.yml that a workspace shows to people; Slack's own names. */
const manifestSchema = z.object({
  features: z.object({
    unfurl_domains: z.array(z.string()).default([]),
    slash_commands: z.array(
      z.object({
        command: z.string(),
        description: z.string(),
        usage_hint: z.string().optional(),
        should_escape: z.boolean().optional(),
      }),
    ),
    shortcuts: z.array(
      z.object({ callback_id: z.string(), name: z.string(), type: z.enum(["global", "message"]) }),
    ),
  }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
});

/** What the bot asks of a workspace: read from manifest.yml, the one place where it stands. */
export interface Manifest {
  features: z.infer<typeof manifestSchema>["features"];
  events: string[];
  scopes: string[];
}

/** Reads the manifest that comes with Callboard. */
export function readManifest(): Manifest {
  const text = readFileSync(new URL("../../manifest.yml", import.meta.url), "utf8");
  const { features, settings, oauth_config: oauth } = manifestSchema.parse(parse(text));
  return { features, events: settings.event_subscriptions.bot_events, scopes: oauth.scopes.bot };
}
