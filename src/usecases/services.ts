import type { JsonObject } from "../base/json.ts";
import type { CheckReport } from "../catalog/report.ts";
import type { Form, FormField } from "../scaffold/form-model.ts";
import type { Template } from "../scaffold/model.ts";
import type { RepoUse } from "../scaffold/repo-use.ts";
import type { Answer, AskContext, Previous } from "./answers/answer.ts";
import type { DecideRequest } from "./approvals/decide-run.ts";
import type { AuditService } from "./audit/audit-service.ts";
import type { SourceStatus } from "./catalog/catalog-board.ts";
import type { ChecklistService } from "./checklists/checklist-service.ts";
import type { WholeDocument } from "./documents/whole-document.ts";
import type { DigestChannels } from "./feedback/digest-channels.ts";
import type { Gap } from "./feedback/gap.ts";
import type { Stats } from "./feedback/question-stats.ts";
import type { HomeFacts } from "./home.ts";
import type { Newcomers } from "./newcomers.ts";
import type { Operators } from "./operators.ts";
import type { PolicyPerson, PolicyService } from "./policy/policy-service.ts";
import type { RunPreview } from "./runs/preview-run.ts";
import type { RunRecord, RunRequester } from "./runs/run-record.ts";
import type { RunSecrets } from "./secrets/secret-fields.ts";
import type { SecretService } from "./secrets/secret-service.ts";

/** All that a surface (Slack, HTTP, CLI) can ask of Callboard. Built in `app.ts`. */
/** An approval that a run will ask for. */
export interface NeededApproval {
  /** Absent: before the run. */
  stepName?: string;
  /** What the groups are called, of which one decides. */
  groups: string[];
  /** How many different people must approve. */
  count: number;
}

export interface Services {
  /** Never throws for what a person typed: an odd question has status `unknown`. */
  answerQuestion(question: string, context: QuestionContext): Promise<Answer>;
  /** A whole document by its path, as Markdown; undefined when there is none. */
  readDocument(path: string): WholeDocument | undefined;
  templates: TemplateService;
  entities: EntityService;
  runs: RunService;
  drafts: DraftService;
  /** What a run would do, without doing it. @throws InputError `run-values-invalid`, ConflictError `preview-busy`. */
  previewRun?(request: {
    templateRef: string;
    values: JsonObject;
    /** Keys of fields that were emptied: their defaults do not count. */
    emptied?: readonly string[];
    /** Of the secrets that were given; the dry run gets masks. */
    secretNames: readonly string[];
    requester: RunRequester;
    channel?: string;
    signal: AbortSignal;
  }): Promise<RunPreview>;
  /** Who will be asked before a run, and before its steps. */
  approvalsNeeded?(run: Pick<RunRecord, "template" | "values">): NeededApproval[];
  /** Absent: names are checked by the run alone. */
  repositories?: RepositoryService;
  /** Absent: secrets cannot be given at all. */
  secrets?: SecretService;
  /** Runbooks as checklists. */
  checklists?: ChecklistService;
  catalog?: CatalogService;
  /** What people tell back about answers, and what is counted of questions. */
  feedback?: FeedbackService;
  audit?: AuditService;
  /** Who may do what. */
  policy?: PolicyService;
  /** What concerns a person at first sight: their teams, what these own, what is missing. */
  home?(userRef: string | undefined): HomeFacts;
  newcomers?: Newcomers;
  /** Who may operate the bot; absent: every full member of the workspace. */
  operators?: Operators;
  /** Text for `/callboard status`: counts, age and findings of the catalog. */
  status(): CatalogStatus;
}

/** Who asks, from where, and what was said before. */
export interface QuestionContext extends AskContext {
  /** Finds the answer before this question in the same thread; called only when the question leaves something out. */
  findPrevious?: () => Promise<Previous | undefined>;
  /** False for what nobody asked in so many words: an answer drawn again, a link explained. Default true. */
  isCounted?: boolean;
}

export interface CatalogStatus {
  entities: number;
  documents: number;
  templates: number;
  errors: number;
  warnings: number;
  readAtMs: number;
  /** How each source of the catalog stands: its age, what failed, what waits to be accepted. */
  sources?: SourceStatus[];
}

/** What people tell back about answers, and what is counted of questions: counters, never a message's text. */
export interface FeedbackService {
  /** The questions of the last `days` days. */
  stats(days: number): Promise<Stats>;
  /** What was asked for in vain, most wanted first. */
  gaps(): Promise<Gap[]>;
  /** Which channels get their team's weekly digest; `isEnabled`: whether any does. */
  digest: Pick<DigestChannels, "isOn" | "set"> & { isEnabled: boolean };
  /** Somebody says that something is missing, with a note for the platform team where they wrote one. */
  reportGap(report: { words: string; ref?: string; note: string; by: string }): Promise<void>;
  /** Remembers which of several things a person meant by some words. */
  choose(choice: { words: string; ref: string; slackUserId: string }): Promise<void>;
  /** A person vouches for what an answer says. @throws ConflictError `answer-changed` when it says something else by now. */
  confirm(answer: Answer, fingerprint: string, by: string): Promise<void>;
  /**
   * A person says that an answer is wrong, and what is right: it goes into the gaps.
   * @returns where to tell its owner, best first; empty when they were told of it a moment ago
   * @throws ConflictError `answer-changed`, `wrong-reported` for the second time by the same person, `wrong-too-often` for
   * too many in a day
   */
  reportWrong(report: {
    answer: Answer;
    fingerprint: string;
    note: string;
    by: { slackUserId: string; name: string };
  }): Promise<string[]>;
}

/** What people do about the catalog itself. */
export interface CatalogService {
  /** How each source stands. */
  sources(): SourceStatus[];
  /**
   * Accepts readings that are held back because too many entities are missing, of one source or of all.
   * @returns the accepted sources
   * @throws NotFoundError `nothing-held-back`, `source-unknown`
   */
  accept(sourceId?: string, by?: RunRequester): Promise<SourceStatus[]>;
  /**
   * Checks what has a name in the catalog, a file of it, a repository (`acme/pay`), or a page of a file, folder or
   * repository, against the present catalog.
   * @throws InputError `check-target-unknown`
   */
  check?(target: string): Promise<CheckReport>;
}

export interface TemplateService {
  list(): TemplateSummary[];
  /**
   * By ref, name or title, in any case, or by a beginning that only one has; undefined when none fits. For somebody: without
   * the parts that they may not use.
   */
  get(nameOrRef: string, by?: PolicyPerson): LoadedTemplate | undefined;
  /** Nearest names for one that does not exist. */
  suggest(name: string): TemplateSummary[];
}

export interface TemplateSummary {
  ref: string;
  title: string;
  description?: string;
  owner?: string;
  type: string;
  tags: string[];
  /** Set when it cannot be run, with the reason. */
  problem?: string;
  /** What a run may stumble over, each with its place: `templates/x.yaml:12:7: …`. */
  warnings?: string[];
}

export interface LoadedTemplate {
  template: Template;
  form: Form;
  /** Set when it can be shown but not run, with the reason. */
  problem?: string;
}

export interface EntityService {
  /** At most `limit` entities that pass the field's filter and match `text` (empty: the first by name). */
  findForField(
    field: FormField,
    text: string,
    limit: number,
    userRef?: string,
  ): { ref: string; title: string; kind: string }[];
  /** Tags of entities of these kinds (none: of all), most used first. */
  tags(kinds: readonly string[]): { tag: string; count: number }[];
  /** The catalog User of a Slack person, by annotation or e-mail. */
  userOf(person: { slackUserId: string; email?: string; name?: string }): string | undefined;
}

export interface RunService {
  /**
   * Checks all values, stores the run and queues it; resolves only when both would survive a crash.
   * The same `requestKey` gives the same run again.
   * @throws InputError `run-values-invalid` with faults in its hint, NotFoundError `template-unknown`.
   */
  start(request: {
    requestKey: string;
    templateRef: string;
    values: JsonObject;
    /** Keys of fields that were emptied: their defaults do not count. */
    emptied?: readonly string[];
    /** Given by the form before; `values` hold masks in their places. */
    secrets?: RunSecrets;
    requester: RunRequester;
    channel?: string;
  }): Promise<RunRecord>;
  /** Continues a failed run after its last finished step. @throws NotFoundError `run-unknown`, ConflictError `run-not-failed`, InputError `run-secrets-needed`. */
  retry(runId: string, by: RunRequester, secrets?: RunSecrets): Promise<RunRecord>;
  /** Stops before the next step. */
  cancel(runId: string, by: RunRequester): Promise<RunRecord>;
  get(runId: string): Promise<RunRecord | undefined>;
  /** What taking a run back would do, the first thing first; empty when it has made nothing. @throws ForbiddenError `policy-denied`, `run-of-somebody-else` */
  undoPlan?(runId: string, by: RunRequester): Promise<string[]>;
  /** Takes back what a run made, as a job. @throws ConflictError `undo-not-now`, `undo-nothing`, ForbiddenError `policy-denied`, `run-of-somebody-else` */
  undo?(runId: string, by: RunRequester): Promise<RunRecord>;
  /**
   * Approves or rejects what a run asks; whoever does it is checked now.
   * @throws as `decideRun`
   */
  decide?(request: DecideRequest): Promise<RunRecord>;
  /** Runs that wait for this person to approve them, the oldest first. */
  waitingFor?(person: RunRequester): Promise<RunRecord[]>;
  /** A person's last runs, newest first. */
  recent?(slackUserId: string, limit: number): Promise<RunRecord[]>;
}

/** A form somebody is filling in; kept outside Slack because a modal carries at most 3,000 characters. */
export interface Draft {
  id: string;
  templateRef: string;
  page: number;
  /** Which window of that page, where it needs several. */
  part?: number;
  values: JsonObject;
  /** Keys of fields that had a value and were emptied. */
  emptied?: string[];
  /** What the entries of each list are told apart by, by the list's key: a secret stays with its entry. */
  entryIds?: Record<string, string[]>;
  channel?: string;
  slackUserId: string;
  createdAtMs: number;
  /** The workspace it is filled in in. */
  workspace?: RunRequester["workspace"];
  /** The modal that shows it, so that it can be redrawn when a secret was entered elsewhere. */
  viewId?: string;
  /** The form asks again for the secrets of this run, which is then retried. */
  retryOf?: string;
}

/** What the host of repositories says while a form is filled in. */
export interface RepositoryService {
  /** The operator's list of owners: no other is written to. Empty when there is none. */
  allowedOwners: readonly string[];
  /** Owners under which repositories may be made, for suggestions. */
  owners(): Promise<string[]>;
  /**
   * The branches of a repository, its default branch first, for suggestions; empty where they cannot be known. Where there are
   * too many to list, those that begin with what is `typed` are among them.
   */
  branches(repository: { owner: string; repo: string }, typed: string): Promise<string[]>;
  /** Why a repository cannot be made (`new`) or changed (`existing`), in words for the person; undefined when it can. */
  fault(
    repository: { host: string; owner: string; repo: string },
    use: RepoUse,
  ): Promise<string | undefined>;
}

export interface DraftService {
  /** Kept for a day. */
  save(draft: Draft): Promise<void>;
  load(id: string): Promise<Draft | undefined>;
  delete(id: string): Promise<void>;
  /** The person's last form of this template that was not sent, if something was filled in. */
  latest?(slackUserId: string, templateRef: string): Promise<Draft | undefined>;
  /** It was sent: it is no longer offered. */
  settle?(draft: Draft): Promise<void>;
}
