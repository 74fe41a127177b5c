import type { HomeView, KnownBlock } from "@slack/types";

import type { Contact, EntityBrief } from "../../usecases/answers/answer.ts";
import type { HomeFacts, HomeTeam, OwnedThing } from "../../usecases/home.ts";
import type { RunRecord } from "../../usecases/runs/run-record.ts";
import type { CatalogStatus, TemplateSummary } from "../../usecases/services.ts";
import { actionIds } from "../action-ids.ts";
import { approvalSections } from "./approval-view.ts";
import { actions, button, context, fitBlocks, limits, section } from "./blocks.ts";
import { askButton, channelOf, kindLine } from "./briefs.ts";
import { openDocumentButton } from "./document-view.ts";
import { runLine } from "./run-view.ts";
import { templateSections } from "./template-list.ts";
import { ago, clamp, join, joinWithin, literal, mrk, type Mrkdwn, oneLine } from "./text.ts";

/** What a person's Home tab is made from. */
export interface HomeContent {
  facts: HomeFacts;
  runs: RunRecord[];
  /** Runs that wait for this person to approve them. */
  approvals?: RunRecord[];
  examples: { question: string; what: string }[];
  templates: TemplateSummary[];
  status: CatalogStatus;
  nowMs: number;
  /** Shows where to start. */
  isNew?: boolean;
}

/** A person's Home tab: their teams and what is missing there, their runs, what can be asked and created. */
export function renderHome(content: HomeContent): HomeView {
  const { facts, status, nowMs } = content;
  const blocks: (KnownBlock | undefined)[] = [
    { type: "header", text: { type: "plain_text", text: "Callboard", emoji: false } },
    section(
      mrk`Who owns it, what to do when it breaks, and a form to create it. Ask in *Messages*, by mention, or with \`/callboard\`.`,
    ),
    ...(content.isNew === true ? startHere(content) : []),
    quickActions(content),
    ...approvalBlocks(content.approvals ?? []),
    facts.person === undefined ? unknownPerson() : undefined,
    ...facts.teams.slice(0, mostTeams).flatMap(teamBlocks),
    attention(facts.teams),
    ...askedBlocks("You asked about", facts.recent ?? []),
    ...askedBlocks("Asked about most", facts.popular ?? []),
    runBlock(content.runs, nowMs),
    ...templateBlocks(content.templates),
    context([
      mrk`${status.entities} entities, ${status.documents} documents; ${status.errors} errors, ${status.warnings} warnings; read ${ago(status.readAtMs, nowMs)}`,
    ]),
  ];
  return {
    type: "home",
    blocks: fitBlocks(blocks, {
      maxBlocks: limits.viewBlocks,
      keepLast: 1,
      maxCharacters: 60_000,
    }),
  };
}

const mostTeams = 5;
const shownOwned = 12;
const shownFindings = 10;
const shownTemplates = 20;

function quickActions(content: HomeContent): KnownBlock | undefined {
  return actions([
    content.templates.length === 0
      ? undefined
      : button({ actionId: actionIds.listTemplates, label: "New service", style: "primary" }),
    ...content.examples
      .slice(0, 3)
      .map((example, index) => askButton(index, example.question, example.question)),
  ]);
}

const shownDocuments = 5;

/** For somebody new: their team, its services, what to read, what to create, and a way to be rid of this. */
function startHere({ facts, templates }: HomeContent): (KnownBlock | undefined)[] {
  const [first] = facts.teams;
  const steps = [
    first === undefined
      ? mrk`*Find your team*: ask who somebody is, or what a team owns`
      : mrk`*Your team* is ${first.team.title}${inChannel(first.contact)}: say hello there`,
    first === undefined || first.owns.length === 0
      ? undefined
      : mrk`*Its services*: ${namesOf(first.owns.slice(0, 5).map(({ brief }) => brief.title))}${first.owns.length > 5 ? ", and more below" : ""}`,
    first === undefined || first.documents.length === 0
      ? undefined
      : mrk`*Read* its runbooks before you need them at 3 a.m.`,
    templates.length === 0
      ? undefined
      : mrk`*Create* your first service from a template when you are ready`,
  ].filter((step) => step !== undefined);
  const numbered = steps.map((step, index) => mrk`${index + 1}. ${step}`);
  return [
    section(mrk`*Start here*\n${join(numbered, "\n")}`),
    actions([
      ...(first?.documents ?? [])
        .slice(0, shownDocuments)
        .map(({ path, title }, index) => openDocumentButton(`start-${index}`, title, { path })),
      button({
        actionId: actionIds.settle,
        label: "I know my way",
        value: "settled",
        description: "I know my way: do not show where to start any more",
      }),
    ]),
    { type: "divider" },
  ];
}

function inChannel(contact: Contact): Mrkdwn {
  const where = channelOf(contact);
  return where === undefined ? mrk`` : mrk` in ${where}`;
}

function namesOf(titles: readonly string[]): Mrkdwn {
  return join(
    titles.map((title) => mrk`${literal(oneLine(title), 80)}`),
    ", ",
  );
}

function unknownPerson(): KnownBlock {
  return section(
    mrk`*I do not know you in the catalog yet.* I look for a User with your e-mail address, or with the annotation \`callboard.dev/slack-user\`.`,
  );
}

/** “Start here”: the team, where to reach it, what it owns; each thing with what is missing. */
function teamBlocks({ team, contact, memberCount, owns }: HomeTeam): (KnownBlock | undefined)[] {
  const members = `${memberCount} ${memberCount === 1 ? "member" : "members"}`;
  const facts = join([channelOf(contact), mrk`${members}`], "  ·  ");
  const lines = joinWithin(
    owns.slice(0, shownOwned).map(ownedLine),
    "\n",
    limits.sectionText - 300,
    (left) => mrk`… ${left} more`,
  );
  const rest = owns.length > shownOwned ? mrk`\n… ${owns.length - shownOwned} more` : mrk`${""}`;
  const owned = owns.length === 0 ? mrk`It owns nothing in the catalog.` : mrk`${lines}${rest}`;
  return [
    { type: "divider" },
    section(
      mrk`*Your team: ${team.title}*  ${facts}\n${owned}`,
      askButton(0, "Show all", `what does ${team.ref} own`, team.title),
    ),
  ];
}

function ownedLine({ brief, isMissingRunbook, findings }: OwnedThing) {
  const marks = [
    isMissingRunbook ? "no runbook" : "",
    findings.length > 0 ? `${findings.length} to mend` : "",
  ].filter((mark) => mark !== "");
  const tail = marks.length === 0 ? mrk`${""}` : mrk`  ⚠️ ${marks.join(", ")}`;
  return mrk`• ${brief.title} (${kindLine(brief)})${tail}`;
}

/** Things that were asked about, each a click away. */
function askedBlocks(title: string, briefs: readonly EntityBrief[]): (KnownBlock | undefined)[] {
  if (briefs.length === 0) return [];
  return [
    section(mrk`*${title}*`),
    actions(
      briefs
        .slice(0, 5)
        .map((brief, index) =>
          askButton(index, clamp(oneLine(brief.title), 70), `who owns ${brief.ref}`),
        ),
    ),
  ];
}

/** What is wrong with the entries of the person's teams, where to mend it. */
function attention(teams: readonly HomeTeam[]): KnownBlock | undefined {
  const findings = teams.flatMap((team) => team.owns.flatMap((thing) => thing.findings));
  if (findings.length === 0) return undefined;
  const lines = findings
    .slice(0, shownFindings)
    .map(
      (finding) =>
        mrk`• ${finding.file}:${finding.line} — ${literal(oneLine(finding.message), 200)}`,
    );
  const left = findings.length - lines.length;
  const rest = left > 0 ? mrk`\n… ${left} more: \`callboard check\` lists them all` : mrk`${""}`;
  return section(mrk`*To mend in the catalog*\n${join(lines, "\n")}${rest}`);
}

const shownApprovals = 5;

/** What waits for this person, before everything else: somebody cannot go on. */
function approvalBlocks(runs: readonly RunRecord[]): KnownBlock[] {
  if (runs.length === 0) return [];
  const left = runs.length - shownApprovals;
  const rest = left > 0 ? [context([mrk`… and ${left} more`])] : [];
  return [
    section(mrk`*Waiting for your approval*`),
    ...runs.slice(0, shownApprovals).flatMap((run) => {
      const approval = run.approvals?.findLast((each) => each.status === "pending");
      return approval === undefined ? [] : approvalSections(run, approval);
    }),
    ...rest.filter((block) => block !== undefined),
  ];
}

function runBlock(runs: readonly RunRecord[], nowMs: number): KnownBlock | undefined {
  if (runs.length === 0) return undefined;
  return section(
    mrk`*Your runs*\n${join(
      runs.slice(0, 8).map((run) => runLine(run, nowMs)),
      "\n",
    )}`,
  );
}

function templateBlocks(templates: readonly TemplateSummary[]): KnownBlock[] {
  if (templates.length === 0) return [];
  return [
    { type: "divider" },
    section(mrk`*Create something*`),
    ...templateSections(templates.slice(0, shownTemplates)),
  ];
}
