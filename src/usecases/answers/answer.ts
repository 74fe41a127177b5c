import type { QueryIntent } from "../../ask/query.ts";
import type { EntityLink } from "../../catalog/model.ts";
import type { Filled } from "../../docs/fill-placeholders.ts";
import type { PersonOnCall } from "../oncall/known-people.ts";

/** What was asked, in one word. */
export type Intent = QueryIntent | "unknown";

/** Why an answer can be believed. */
export interface Evidence {
  /** `file:line` as a person can open it, or a URL. */
  source: string;
  /** What stands there, such as `spec.owner: team-ledger`. */
  statement: string;
  /** When the source was read. */
  readAtMs: number;
  /** When a commit last changed the file that says so; absent where nobody knows. */
  changedAtMs?: number;
  /** When something was last pushed to the repository that holds it; absent where nobody knows, or the commit is known. */
  pushedAtMs?: number;
}

/** A thing with a name that can be asked about further. */
export interface EntityBrief {
  ref: string;
  kind: string;
  /** As people call it. */
  title: string;
  description?: string;
  /** Such as `service`, `library`, `team`. */
  type?: string;
  lifecycle?: string;
}

/** Where to reach people. */
export interface Contact {
  /** `#payments`, or a channel id. */
  slackChannel?: string;
  /** A Slack channel id where the catalog or a link gives one. */
  slackChannelId?: string;
  email?: string;
  slackUserGroup?: string;
}

/** Who is on call, as read from where that is kept. */
export interface OnCallNow {
  /** Name of the schedule. */
  schedule: string;
  /** The team or thing that the schedule is of, where that is not the card's own. */
  whose?: string;
  /** From 1, the first to be called; empty when nobody is on call or nobody knows. */
  levels: { level: number; people: PersonOnCall[]; untilMs?: number; next?: PersonOnCall[] }[];
  /** When nobody is on call: when somebody is again. */
  nextAtMs?: number;
  /** Absent when it could never be read. */
  readAtMs?: number;
  /** True when it could not be read just now: these people were on call when it was. */
  isStale: boolean;
  /** Why it is stale, in words. */
  problem?: string;
}

/** What we found, as data: `slack/views` draws it, the CLI prints `Answer.text`. */
export type Card =
  | {
      type: "entity";
      subject: EntityBrief;
      /** The question's point, first: `Owned by *Payments*`. Plain text. */
      headline: string;
      owner?: EntityBrief;
      contact: Contact;
      /** What the catalog itself says, such as the handle of a user group. */
      onCall?: string;
      onCallNow?: OnCallNow;
      system?: EntityBrief;
      links: EntityLink[];
      /** Runbooks tied to it. */
      runbooks: { path: string; title: string; url?: string }[];
      dependsOn: EntityBrief[];
      dependents: EntityBrief[];
      tags: string[];
    }
  | {
      type: "team";
      subject: EntityBrief;
      contact: Contact;
      members: EntityBrief[];
      parents: EntityBrief[];
      owns: EntityBrief[];
      links: EntityLink[];
      /** What the catalog itself says, such as the handle of a user group. */
      onCall?: string;
      onCallNow?: OnCallNow;
    }
  | {
      type: "person";
      subject: EntityBrief;
      contact: Contact;
      teams: EntityBrief[];
      owns: EntityBrief[];
    }
  | {
      type: "section";
      /** The entity the document belongs to. */
      subject?: EntityBrief;
      owner?: EntityBrief;
      contact: Contact;
      onCallNow?: OnCallNow;
      path: string;
      title: string;
      heading: string;
      /** Markdown, at most 1,200 characters, cut at a sentence or step. */
      markdown: string;
      isCut: boolean;
      /** Placeholders that were filled in, or could be. */
      filled?: Filled[];
      /** When the document last changed, where that is known. */
      changedAtMs?: number;
      /** What a checklist of it would be, and how many steps that has; absent when there are none. */
      checklist?: { anchor?: string; steps: number };
      url?: string;
      /** Other sections that fit, best first. */
      others: { id: string; path: string; title: string; heading: string }[];
    }
  | {
      type: "list";
      title: string;
      subject?: EntityBrief;
      groups: { heading: string; items: EntityBrief[] }[];
      total: number;
    }
  | {
      type: "choice";
      title: string;
      /** What was looked for: under it the choice is remembered (`RankingHints.choices`). */
      words?: string;
      choices: { brief: EntityBrief; /** What to ask when it is chosen. */ question: string }[];
    }
  | {
      type: "nothing";
      title: string;
      /** What was looked for, normalised; empty when the question named nothing. */
      words: string;
      near: { brief: EntityBrief; question: string }[];
      suggestions: string[];
    }
  | {
      type: "help";
      examples: { question: string; what: string }[];
      commands: { command: string; what: string }[];
    };

/** The answer to a question, complete: every surface shows the same one. */
export interface Answer {
  question: string;
  intent: Intent;
  status: "answered" | "ambiguous" | "unknown";
  /** Best first; scores fall between 0 and 1. */
  entities: { ref: string; score: number }[];
  documents: { path: string; heading: string; ref?: string; score: number }[];
  /** The whole answer as plain text, a few lines: for the terminal, notifications and screen readers. */
  text: string;
  evidence: Evidence[];
  /** What of it is kept from before something broke, and how old that is; in `text` as well. */
  caveats?: string[];
  card: Card;
  /** Set where people may vouch for what it says. */
  claim?: AnswerClaim;
}

/** What an answer says that people may confirm or call wrong. */
export interface AnswerClaim {
  /** The same for the same thing said in other words, such as `owner component:default/ledger`. */
  key: string;
  /** The thing it is about. */
  ref?: string;
  /** A question that gives this answer again, also to who has not seen what was said before. */
  question: string;
  /** Changes as soon as the answer or its evidence does. */
  fingerprint: string;
  /** Who confirmed it as it stands. */
  confirmed?: { by: string; atMs: number };
}

/** Who asks, and from where. */
export interface AskContext {
  /** The asker's User in the catalog, canonical, where known. */
  userRef?: string;
  /** What the answer before it in the same thread was about. */
  previous?: Previous;
  nowMs: number;
}

/** What a further question in the same thread may leave out. */
export interface Previous {
  ref: string;
  intent: Intent;
}
