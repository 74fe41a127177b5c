import { ConflictError, NotFoundError } from "../../src/base/errors.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { buildForm } from "../../src/scaffold/build-form.ts";
import type { Template } from "../../src/scaffold/model.ts";
import type { Answer, AskContext } from "../../src/usecases/answers/answer.ts";
import type { RunRecord } from "../../src/usecases/runs/run-record.ts";
import type { Draft, Services } from "../../src/usecases/services.ts";
import {
  answerWith,
  brief,
  entityCard,
  nowMs,
  paymentsTeam,
  sectionCard,
} from "./sample-answers.ts";

type StartRequest = Parameters<Services["runs"]["start"]>[0];

/** Callboard behind Slack, in memory: a contract's worth of behaviour without catalog, queue or git. */
export interface FakeServices extends Services {
  asked: { question: string; context: AskContext }[];
  started: StartRequest[];
  records: Map<string, RunRecord>;
  savedDrafts: Map<string, Draft>;
  /** What happens instead of an answer or a start; taken off when used. */
  failures: { answer?: () => Promise<Answer>; start?: () => Promise<RunRecord> };
}

const loadedTemplate = (template: Template) => ({ template, form: buildForm(template) });

/** A template around its form pages. */
export function sampleTemplate(name: string, pages: JsonObject[]): Template {
  return {
    ref: `template:default/${name}`,
    title: `The ${name} template`,
    description: `Makes a ${name}.`,
    owner: "group:default/team-platform",
    type: "service",
    tags: ["recommended"],
    base: `/templates/${name}/template.yaml`,
    pages,
    steps: [
      { id: "fetch", name: "Fetch the skeleton", action: "fetch:template", input: {} },
      { id: "publish", name: "Create the repository", action: "publish:github", input: {} },
    ],
    output: {},
  };
}

/** Creates them with the given templates. */
export function createFakeServices(templates: Template[]): FakeServices {
  const records = new Map<string, RunRecord>();
  const savedDrafts = new Map<string, Draft>();
  const byKey = new Map<string, RunRecord>();
  const summaries = templates.map(({ ref, title, description, owner, type, tags }) => ({
    ref,
    title,
    type,
    tags,
    ...(description === undefined ? {} : { description }),
    ...(owner === undefined ? {} : { owner }),
  }));
  const find = (name: string) =>
    templates.find((template) =>
      [template.ref, template.title, template.ref.split("/")[1]].includes(name),
    );
  const recordOf = (runId: string): RunRecord => {
    const record = records.get(runId);
    if (record === undefined) throw new NotFoundError("run-unknown", `there is no run ${runId}`);
    return record;
  };
  const services: FakeServices = {
    asked: [],
    started: [],
    records,
    savedDrafts,
    failures: {},
    async answerQuestion(question, context) {
      services.asked.push({ question, context });
      const { answer } = services.failures;
      delete services.failures.answer;
      return answer === undefined ? cannedAnswer(question) : await answer();
    },
    readDocument: (path) =>
      path === sectionCard.path
        ? {
            path,
            title: sectionCard.title,
            markdown: Array.from(
              { length: 40 },
              (_, n) => `## Part ${n}\n\n${"Do this. ".repeat(40)}`,
            ).join("\n\n"),
          }
        : undefined,
    templates: {
      list: () => summaries,
      get: (name) => {
        const template = find(name);
        return template === undefined ? undefined : loadedTemplate(template);
      },
      suggest: () => summaries.slice(0, 1),
    },
    entities: {
      findForField: (_field, text, limit) =>
        [
          paymentsTeam,
          brief("team-checkout", { ref: "group:default/team-checkout", kind: "Group" }),
        ]
          .filter((each) => each.ref.includes(text.toLowerCase()))
          .slice(0, limit)
          .map(({ ref, title, kind }) => ({ ref, title, kind })),
      tags: () => [],
      userOf: ({ email }) =>
        email === undefined ? undefined : `user:default/${email.split("@")[0]}`,
    },
    runs: {
      async start(request) {
        const { start } = services.failures;
        delete services.failures.start;
        if (start !== undefined) return await start();
        services.started.push(request);
        const known = byKey.get(request.requestKey);
        const template = find(request.templateRef);
        const run =
          known ??
          sampleRun({
            id: `run${records.size + 1}`,
            values: request.values,
            requester: request.requester,
            ...(template === undefined
              ? {}
              : { templateRef: template.ref, templateTitle: template.title }),
            ...(request.channel === undefined ? {} : { channel: request.channel }),
          });
        byKey.set(request.requestKey, run);
        records.set(run.id, run);
        return run;
      },
      async retry(runId) {
        const record = recordOf(runId);
        if (record.status !== "failed") {
          throw new ConflictError("run-not-failed", "this run did not fail", {
            hint: "there is nothing to retry",
          });
        }
        const run: RunRecord = { ...record, status: "waiting", retries: record.retries + 1 };
        records.set(runId, run);
        return run;
      },
      async cancel(runId) {
        const run: RunRecord = { ...recordOf(runId), isCancelRequested: true };
        records.set(runId, run);
        return run;
      },
      get: async (runId) => records.get(runId),
    },
    drafts: {
      save: async (draft) => void savedDrafts.set(draft.id, draft),
      load: async (id) => savedDrafts.get(id),
      delete: async (id) => void savedDrafts.delete(id),
    },
    status: () => ({
      entities: 64,
      documents: 15,
      templates: 3,
      errors: 0,
      warnings: 2,
      readAtMs: nowMs,
    }),
  };
  return services;
}

/** A run of the sample template, waiting. */
export function sampleRun(more: Partial<RunRecord> = {}): RunRecord {
  return {
    id: "run1",
    templateRef: "template:default/node-service",
    templateTitle: "Node service",
    template: sampleTemplate("node-service", []),
    values: {},
    requester: { slackUserId: "U0DARIOCO1", name: "Dario Costa" },
    status: "waiting",
    steps: [
      { id: "fetch", name: "Fetch the skeleton", action: "fetch:template", status: "waiting" },
      { id: "publish", name: "Create the repository", action: "publish:github", status: "waiting" },
    ],
    log: [],
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    fence: 0,
    notes: {},
    retries: 0,
    upstreamWaits: 0,
    ...more,
  };
}

function cannedAnswer(question: string): Answer {
  if (question === "help") {
    return answerWith(
      {
        type: "help",
        examples: [{ question: "who owns payments-api", what: "its team and channel" }],
        commands: [{ command: "/whoowns <name>", what: "who owns it" }],
      },
      { question, text: "Ask me who owns payments-api." },
    );
  }
  if (question.includes("runbook"))
    return answerWith(sectionCard, { question, text: "High latency: check the queue." });
  if (question.includes("ambiguous")) {
    return answerWith(
      {
        type: "choice",
        title: "Several things are called that",
        choices: [
          { brief: entityCard.subject, question: "who owns component:default/payments-api" },
        ],
      },
      { question, status: "ambiguous", text: "Several things are called that: Payments API." },
    );
  }
  if (question.includes("payments")) return answerWith(entityCard, { question });
  return answerWith(
    {
      type: "nothing",
      words: question,
      title: `I know nothing called ${question}`,
      near: [],
      suggestions: ["/callboard help"],
    },
    { question, status: "unknown", text: `I know nothing called ${question}.` },
  );
}
