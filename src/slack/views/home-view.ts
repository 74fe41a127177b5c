import type { HomeView, KnownBlock } from "@slack/types";

import type { CatalogStatus, TemplateSummary } from "../../usecases/services.ts";
import { context, fitBlocks, limits, section } from "./blocks.ts";
import { templateSections } from "./template-list.ts";
import { ago, joinWithin, mrk } from "./text.ts";

export interface HomeContent {
  examples: { question: string; what: string }[];
  templates: TemplateSummary[];
  status: CatalogStatus;
  nowMs: number;
}

/** Room for templates beside the rest. */
const shownTemplates = 20;

/** The app's Home tab: what can be asked, what can be created, and how fresh the catalog is. */
export function renderHome(content: HomeContent): HomeView {
  const { status, templates, nowMs } = content;
  const examples = joinWithin(
    content.examples.slice(0, 8).map((each) => mrk`• _${each.question}_ — ${each.what}`),
    "\n",
    limits.sectionText - 200,
    (left) => mrk`… ${left} more`,
  );
  const blocks: (KnownBlock | undefined)[] = [
    { type: "header", text: { type: "plain_text", text: "Callboard", emoji: false } },
    section(
      mrk`Who owns it, what to do when it breaks, and a form to create it. Ask in *Messages*, by mention, or with \`/callboard\`.`,
    ),
    examples.mrkdwn === "" ? undefined : section(mrk`*Ask me, for example*\n${examples}`),
    templates.length === 0 ? undefined : { type: "divider" },
    templates.length === 0 ? undefined : section(mrk`*Create something*`),
    ...templateSections(templates.slice(0, shownTemplates)),
    context([
      mrk`${status.entities} entities, ${status.documents} documents; ${status.errors} errors, ${status.warnings} warnings; read ${ago(status.readAtMs, nowMs)}`,
    ]),
  ];
  return {
    type: "home",
    blocks: fitBlocks(blocks, { maxBlocks: limits.viewBlocks, keepLast: 1, maxCharacters: 60_000 }),
  };
}
