import type { KnownBlock, ModalView } from "@slack/types";

import type { TemplateSummary } from "../../usecases/services.ts";
import { actionIds, viewIds } from "../action-ids.ts";
import {
  button,
  context,
  fitsValue,
  limits,
  message,
  type MessageContent,
  plain,
  section,
} from "./blocks.ts";
import { join, literal, mrk, type Mrkdwn, oneLine } from "./text.ts";

export interface TemplateListView {
  templates: TemplateSummary[];
  /** How many are left out because the one who looks may not start them. */
  hidden?: number;
  /** Set when somebody named a template that does not exist. */
  unknownName?: string;
}

/** What fits into a message with room for its heading. */
const shownTemplates = 40;

/** Templates, each with what it makes, who keeps it, and a button that opens its form. */
export function renderTemplateList(view: TemplateListView): MessageContent {
  const { templates, unknownName, hidden = 0 } = view;
  const heading = headingOf(view);
  const shown = templates.slice(0, shownTemplates);
  const left = templates.length - shown.length;
  const names = shown.map((template) => `• ${oneLine(template.title)}`).join("\n");
  return message(
    `${unknownName === undefined ? "What would you like to create?" : `There is no template “${oneLine(unknownName)}”.`}\n${names}`,
    [
      section(heading),
      ...templateSections(shown),
      hidden > 0 ? context([mrk`${hidden} more you may not start`]) : undefined,
      left > 0 ? context([mrk`${left} more: name one with \`/newservice <name>\``]) : undefined,
    ],
  );
}

/** The same list as a modal, for the shortcut that has no channel to answer in. */
export function renderTemplatesView(view: TemplateListView): ModalView {
  return {
    type: "modal",
    callback_id: viewIds.templates,
    title: plain("New service", limits.modalTitle),
    close: plain("Close", limits.modalTitle),
    blocks: renderTemplateList(view).blocks,
  };
}

function headingOf({ templates, unknownName, hidden = 0 }: TemplateListView) {
  if (templates.length === 0 && hidden > 0 && unknownName === undefined)
    return mrk`*There is no template that you may start here.*`;
  if (unknownName === undefined) {
    return templates.length === 0
      ? mrk`*There is no template yet.* A catalog entity of kind Template makes one.`
      : mrk`*What would you like to create?*`;
  }
  const next =
    templates.length === 0 ? mrk`There are no templates at all.` : mrk`Did you mean one of these?`;
  return mrk`*There is no template “${literal(oneLine(unknownName), 200)}”.* ${next}`;
}

/** `team-platform` of `group:default/team-platform`: how people call it. */
function shortRef(ref: string): string {
  return ref.replace(/^group:default\//i, "");
}

/** One template each, with its button. */
export function templateSections(templates: readonly TemplateSummary[]): KnownBlock[] {
  return templates.map(templateSection);
}

/** The first of what its author should mend; `callboard check` has all. */
function warningsOf({ problem, warnings = [] }: TemplateSummary): Mrkdwn {
  const [first] = warnings;
  if (problem !== undefined || first === undefined) return mrk``;
  const more = warnings.length === 1 ? mrk`` : mrk` (and ${warnings.length - 1} more)`;
  return mrk`\n_⚠️ ${literal(oneLine(first), 250)}${more}_`;
}

function templateSection(template: TemplateSummary, index: number): KnownBlock {
  const keeper =
    template.owner === undefined ? undefined : mrk`kept by ${shortRef(template.owner)}`;
  const tags =
    template.tags.length === 0 ? undefined : mrk`${template.tags.slice(0, 5).join(", ")}`;
  const facts = join([mrk`${template.type}`, keeper, tags], "  ·  ");
  const description = oneLine(template.description ?? "");
  const tail = description === "" ? mrk`` : mrk`\n${literal(description, 300)}`;
  const problem =
    template.problem === undefined ? mrk`` : mrk`\n⚠️ cannot be run: ${template.problem}`;
  const canStart = template.problem === undefined && fitsValue(template.ref);
  return section(
    mrk`*${template.title}*  ${facts}${tail}${problem}${warningsOf(template)}`,
    canStart
      ? button({
          actionId: `${actionIds.openTemplate}/${index}`,
          label: "Start",
          value: template.ref,
          description: `Start ${template.title}`,
        })
      : undefined,
  );
}
