import type { PlaygroundOptions } from "../playground/create-playground.ts";
import { sampleColleagues, samplePeople } from "../playground/sample-workspace.ts";
import { readManifest } from "./manifest.ts";

/** The playground has the commands, shortcuts, events and scopes that a real workspace gets from manifest.yml. */
export function playgroundOptions(): PlaygroundOptions {
  const { features, events, scopes } = readManifest();
  return {
    people: [...samplePeople, ...sampleColleagues],
    commands: features.slash_commands.map((command) => ({
      command: command.command,
      description: command.description,
      ...(command.usage_hint === undefined ? {} : { usageHint: command.usage_hint }),
      ...(command.should_escape === undefined ? {} : { shouldEscape: command.should_escape }),
    })),
    shortcuts: features.shortcuts.map((shortcut) => ({
      callbackId: shortcut.callback_id,
      name: shortcut.name,
      type: shortcut.type,
    })),
    events,
    unfurlDomains: features.unfurl_domains,
    scopes,
    hints: [
      "/whoowns checkout",
      "@Callboard what depends on the ledger?",
      "/runbook ledger",
      "/newservice",
    ],
  };
}
