import type { KnownBlock, ModalView } from "@slack/types";
import { z } from "zod";

import { isRecord, type JsonValue } from "../../base/json.ts";
import type { FormField } from "../../scaffold/form-model.ts";
import { parseRepoUrl } from "../../scaffold/repo-url.ts";
import type { NeededApproval } from "../../usecases/services.ts";
import { actionIds, viewIds } from "../action-ids.ts";
import {
  actions,
  button,
  context,
  fitBlocks,
  limits,
  plain,
  plainSection,
  section,
} from "./blocks.ts";
import { entryText } from "./entry-list.ts";
import { fieldBlocks } from "./form-fields.ts";
import { fieldRoom } from "./form-sheets.ts";
import type { SecretInputs } from "./secret-fields.ts";
import { ago, joinWithin, literal, mrk, type Mrkdwn, oneLine, sentence } from "./text.ts";

/** What a form's modal carries: which draft it fills in, and which of its pages it shows. */
export const formPlace = z.strictObject({
  draft: z.string().min(1).max(100),
  /** In the template's pages, from 0; absent on the last page, the review. */
  page: z.number().int().min(0).max(1000).optional(),
  /** Which window of a page that needs several, from 0. */
  part: z.number().int().min(0).max(1000).optional(),
  /** The list on that page that an entry is filled in for. */
  entry: z.string().max(500).optional(),
});

export type FormPlace = z.infer<typeof formPlace>;

/** Where in the form somebody is. */
interface FormProgress {
  templateTitle: string;
  place: FormPlace;
  /** From 1. */
  step: number;
  /** With the review. */
  steps: number;
  /** Shown on top: what is wrong with the page as a whole. */
  problem?: string;
}

export interface FormPageView extends FormProgress {
  title: string;
  description?: string;
  /** In `form.pages`. */
  index: number;
  fields: FormField[];
  secrets: SecretInputs;
  /** A form of this template that the person left. */
  left?: LeftForm;
}

/** A form that was begun and not sent. */
export interface LeftForm {
  draftId: string;
  begunAtMs: number;
  nowMs: number;
}

/** One page of a form as a modal. */
export function renderFormPage(view: FormPageView): ModalView {
  const blocks = view.fields.flatMap((field) => fieldBlocks(field, view.index, view.secrets));
  return modal(view, viewIds.formPage, view.step === view.steps - 1 ? "Review" : "Next", [
    ...heading(view, view.title, view.description),
    view.left === undefined ? undefined : leftForm(view.left),
    ...blocks.slice(0, fieldRoom),
    backButton(view),
  ]);
}

function leftForm({ draftId, begunAtMs, nowMs }: LeftForm): KnownBlock {
  return section(
    mrk`📝 You began this form ${ago(begunAtMs, nowMs)} and did not send it.`,
    button({ actionId: actionIds.formContinue, label: "Continue it", value: draftId }),
  );
}

export interface FormEntryView extends Omit<FormPageView, "step" | "steps"> {
  /** Labels of the entry's secrets, which no window of Slack asks for. */
  askedLater: readonly string[];
}

/** The window in which one entry of a list of objects is filled in. */
export function renderFormEntry(view: FormEntryView): ModalView {
  const blocks = view.fields.flatMap((field) => fieldBlocks(field, view.index, view.secrets));
  const { problem, askedLater } = view;
  return {
    ...modal({ ...view, step: 1, steps: 1 }, viewIds.formEntry, "Add", [
      problem === undefined ? undefined : section(mrk`⚠️ *${literal(oneLine(problem), 1500)}*`),
      section(mrk`*${view.title}*: another entry`),
      ...blocks.slice(0, fieldRoom),
      blocks.length > fieldRoom
        ? section(
            mrk`⚠️ This entry has more fields than one window of Slack has room for; the last ${blocks.length - fieldRoom} blocks are left out.`,
          )
        : undefined,
      askedLater.length === 0
        ? undefined
        : context([
            mrk`🔒 Asked for on the page when the entry is added: ${joinWithin(
              askedLater.map((label) => mrk`${label}`),
              ", ",
              500,
              (left) => mrk`… and ${left} more`,
            )}`,
          ]),
    ]),
    close: plain("Back", limits.modalTitle),
  };
}

export interface ReviewView extends FormProgress {
  pages: { title: string; fields: FormField[]; valueOf(field: FormField): JsonValue | undefined }[];
  /** What will be done, step by step. */
  stepNames: string[];
  /** Who will be asked, the first first. */
  approvals: readonly NeededApproval[];
  /** True when it continues a run. */
  isRetry: boolean;
}

/** Room for title, plan, approvals and buttons beside the values. */
const reviewRoom = limits.viewBlocks - 10;

/** The last page: everything that was chosen, and what will happen on *Create*. */
export function renderReview(view: ReviewView): ModalView {
  const plan = joinWithin(
    view.stepNames.slice(0, 40).map((name, index) => mrk`${index + 1}. ${name}`),
    "\n",
    limits.sectionText - 200,
    (left) => mrk`… and ${left} more`,
  );
  const [submit, title] = view.isRetry
    ? ["Retry", "The run continues after its last finished step"]
    : ["Create", "Check before it is created"];
  return modal(view, viewIds.formReview, submit, [
    ...heading(view, title, undefined),
    ...view.pages.flatMap(reviewSections).slice(0, reviewRoom),
    plan.mrkdwn === "" ? undefined : section(mrk`*What will be done*\n${plan}`),
    approvalsSection(view.approvals),
    reviewButtons(view),
  ]);
}

/** A form whose draft has expired, or was never this person's. */
export function renderFormGone(): ModalView {
  return {
    type: "modal",
    title: plain("Callboard", limits.modalTitle),
    close: plain("Close", limits.modalTitle),
    blocks: [
      section(
        mrk`*This form is no longer kept.* Forms live for a day; start again with \`/newservice\`.`,
      ),
    ],
  };
}

function modal(
  view: FormProgress,
  callbackId: string,
  submit: string,
  blocks: readonly (KnownBlock | undefined)[],
): ModalView {
  return {
    type: "modal",
    callback_id: callbackId,
    title: plain(view.templateTitle, limits.modalTitle),
    submit: plain(submit, limits.modalTitle),
    close: plain("Cancel", limits.modalTitle),
    private_metadata: JSON.stringify(view.place),
    blocks: fitBlocks(blocks, { maxBlocks: limits.viewBlocks, keepLast: 1, maxCharacters: 60_000 }),
  };
}

/** Slack's title has room for 24 characters, so the whole title stands here. */
function heading(
  view: FormProgress,
  title: string,
  description: string | undefined,
): (KnownBlock | undefined)[] {
  const isWhole = oneLine(view.templateTitle).length <= limits.modalTitle;
  return [
    view.problem === undefined
      ? undefined
      : section(mrk`⚠️ *${literal(sentence(oneLine(view.problem)), 1500)}*`),
    section(isWhole ? mrk`*${title}*` : mrk`*${view.templateTitle}*\n${title}`),
    description === undefined ? undefined : plainSection(description, 1000),
    context([mrk`Step ${view.step} of ${view.steps}`]),
  ];
}

function backButton(view: FormProgress): KnownBlock | undefined {
  return view.step <= 1
    ? undefined
    : actions([button({ actionId: actionIds.formBack, label: "Back" })], "form-back");
}

function approvalsSection(approvals: ReviewView["approvals"]): KnownBlock | undefined {
  if (approvals.length === 0) return undefined;
  const lines = approvals.map(({ stepName, groups, count }) => {
    const who = count === 1 ? mrk`` : mrk`${count} people of `;
    const when = stepName === undefined ? mrk`Before it starts` : mrk`Before “${stepName}”`;
    return mrk`✋ ${when}: ${who}${groups.slice(0, 10).join(" or ")}`;
  });
  const shown = joinWithin(
    lines,
    "\n",
    limits.sectionText - 200,
    (left) => mrk`… and ${left} more`,
  );
  return section(mrk`*Who must approve*\n${shown}`);
}

/** *Back*, and the dry run of a new one. */
function reviewButtons(view: ReviewView): KnownBlock | undefined {
  const back = view.step <= 1 ? undefined : button({ actionId: actionIds.formBack, label: "Back" });
  const tryOut = view.isRetry
    ? undefined
    : button({
        actionId: actionIds.formDryRun,
        label: "Dry run",
        description: "Shows the files and changes, and writes nothing",
      });
  return actions([back, tryOut], "form-back");
}

/** All values of a page, in as many sections as they need. */
function reviewSections(page: ReviewView["pages"][number]): KnownBlock[] {
  const lines = page.fields
    .filter(({ review }) => review === undefined || "mask" in review)
    .map((field) => mrk`*${field.label}*: ${shownValue(field, page.valueOf(field))}`);
  const texts: Mrkdwn[] = [];
  let text = mrk`_${page.title}_`;
  for (const line of lines) {
    const longer = mrk`${text}\n${line}`;
    if (longer.mrkdwn.length <= limits.sectionText - 200) {
      text = longer;
      continue;
    }
    texts.push(text);
    text = line;
  }
  return [...texts, text].map((each) => section(each));
}

/** A value as a person reads it; a secret is never shown. */
function shownValue(field: FormField, value: JsonValue | undefined): Mrkdwn {
  if (value === undefined || value === null || value === "") return mrk`–`;
  if (field.widget === "secret") return mrk`•••`;
  if (field.review !== undefined && "mask" in field.review) return mrk`${field.review.mask}`;
  return literal(oneLine(valueText(field, value)), 400);
}

/** A value in the words of its field, such as the label of the option that was chosen. */
export function valueText(field: FormField, value: JsonValue): string {
  const wanted = JSON.stringify(value);
  const label = field.options?.find((option) => JSON.stringify(option.value) === wanted)?.label;
  if (label !== undefined) return label;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return field.widget === "repo-url" ? shownRepo(value) : value;
  if (!Array.isArray(value)) return wanted;
  if (value.some((item) => isRecord(item))) {
    return value.map((item, index) => `(${index + 1}) ${entryText(item)}`).join(" ");
  }
  return value.map((item) => (typeof item === "string" ? item : JSON.stringify(item))).join(", ");
}

function shownRepo(value: string): string {
  try {
    const { host, owner, repo } = parseRepoUrl(value);
    return owner === undefined ? `${host}/${repo}` : `${host}/${owner}/${repo}`;
  } catch {
    return value;
  }
}
