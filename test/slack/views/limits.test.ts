import { expect, test } from "@jest/globals";

import type { FormField, Widget } from "../../../src/scaffold/form-model.ts";
import { renderAnswer } from "../../../src/slack/views/answer.ts";
import { fitsValue } from "../../../src/slack/views/blocks.ts";
import { renderDigest } from "../../../src/slack/views/digest-view.ts";
import { renderDocumentView } from "../../../src/slack/views/document-view.ts";
import { renderError, renderErrorView } from "../../../src/slack/views/error-view.ts";
import {
  renderGapForm,
  renderThanks,
  renderWrongForm,
  renderWrongReport,
} from "../../../src/slack/views/feedback-views.ts";
import { renderFormPage, renderReview } from "../../../src/slack/views/form-view.ts";
import { renderGaps } from "../../../src/slack/views/gaps-view.ts";
import { renderHome } from "../../../src/slack/views/home-view.ts";
import { renderRunMessage, renderRunResult } from "../../../src/slack/views/run-view.ts";
import { renderStats } from "../../../src/slack/views/stats-view.ts";
import { renderTemplateList, renderTemplatesView } from "../../../src/slack/views/template-list.ts";
import type { Gap } from "../../../src/usecases/feedback/gap.ts";
import { anyAnswer, anyText } from "../../helpers/arbitrary-answers.ts";
import { sampleRun } from "../../helpers/fake-services.ts";
import { fc } from "../../helpers/properties.ts";
import { nowMs } from "../../helpers/sample-answers.ts";
import { messageProblems, viewProblems } from "../../helpers/shown-blocks.ts";

/** Seeds differ from run to run; a failure prints its own. */
const runs = { numRuns: 150 };

test("any answer is inside every limit and mentions, links and formats nothing that it should not", () => {
  fc.assert(
    fc.property(anyAnswer, fc.boolean(), (answer, canShare) => {
      const content = renderAnswer(answer, { nowMs, canShare });

      expect(messageProblems(content, { isNameless: true })).toEqual([]);
    }),
    runs,
  );
});

test("any document is inside every limit, on every page", () => {
  const markdown = fc.array(anyText, { maxLength: 8 }).map((parts) => parts.join("\n\n"));
  fc.assert(
    fc.property(
      markdown,
      anyText,
      anyText,
      fc.integer({ min: 0, max: 3 }),
      (text, path, heading, page) => {
        const document = { path: path.slice(0, 1000), title: heading, markdown: text };

        const byPage = renderDocumentView(document, { path: document.path, page });
        const byHeading = renderDocumentView(document, { path: document.path, heading });

        expect(viewProblems(byPage, "modal")).toEqual([]);
        expect(viewProblems(byHeading, "modal")).toEqual([]);
      },
    ),
    runs,
  );
});

const tally = fc.dictionary(anyText, fc.nat());
const gap: fc.Arbitrary<Gap> = fc.record(
  {
    kind: fc.constantFrom("unanswered" as const, "wrong" as const),
    words: anyText,
    count: fc.nat(),
    reports: fc.nat(),
    ref: anyText,
    notes: fc.array(fc.record({ text: anyText, by: anyText, atMs: fc.nat() }), { maxLength: 5 }),
    firstAtMs: fc.nat(),
    lastAtMs: fc.nat(),
  },
  { requiredKeys: ["kind", "words", "count", "reports", "notes", "firstAtMs", "lastAtMs"] },
);
const gaps = fc.array(gap, { maxLength: 40 });
const briefOf = fc.record({ ref: anyText, kind: anyText, title: anyText });

test("any gaps, numbers, digests and reports are inside every limit and mention nobody", () => {
  fc.assert(
    fc.property(
      gaps,
      tally,
      fc.array(briefOf, { maxLength: 30 }),
      anyText,
      (all, counts, briefs, text) => {
        const day = { day: "2026-03-10", asked: 3, answered: 2, unclear: 0, unanswered: 1 };
        const total = { ...day, intents: counts, teams: counts, things: counts };
        const stats = { days: [day, day], total: { ...total, slowest: [{ about: text, ms: 12 }] } };
        const digest = {
          team: { ref: text, kind: "Group", title: text },
          channel: "C0GENERAL1",
          asked: briefs.map((brief) => ({ brief, count: 2 })),
          gaps: all,
          wrong: all,
          missingRunbooks: briefs,
          broken: briefs.map((brief) => ({ brief, findings: 1 })),
        };
        const report = { said: text, note: text, slackUserId: "U0DARIOCO1", sources: [text] };
        // as it stands in a button, which carries 2,000 characters with all that JSON escapes
        const wanted = { question: text.slice(0, 1500), fingerprint: "x" };
        const place = fitsValue(JSON.stringify(wanted)) ? wanted : { ...wanted, question: "x" };

        expect(messageProblems(renderGaps(all, nowMs), { isNameless: true })).toEqual([]);
        expect(messageProblems(renderStats(stats), { isNameless: true })).toEqual([]);
        expect(messageProblems(renderDigest(digest), { isNameless: true })).toEqual([]);
        expect(messageProblems(renderWrongReport(report))).toEqual([]);
        expect(viewProblems(renderWrongForm(place, text), "modal")).toEqual([]);
        expect(viewProblems(renderGapForm({ words: text.slice(0, 300) }), "modal")).toEqual([]);
        expect(viewProblems(renderThanks(text), "modal")).toEqual([]);
      },
    ),
    runs,
  );
});

const widgets: Widget[] = [
  "text",
  "textarea",
  "number",
  "boolean",
  "select",
  "radio",
  "multi-select",
  "checkboxes",
  "date",
  "email",
  "url",
  "entity",
  "entities",
  "repo-url",
  "list",
  "object-list",
  "secret",
  "note",
];

const initial = fc.oneof(
  anyText,
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.array(anyText, { maxLength: 5 }),
  fc.constant(undefined),
);
const field: fc.Arbitrary<FormField> = fc
  .record({
    name: anyText,
    label: anyText,
    help: anyText,
    placeholder: anyText,
    isRequired: fc.boolean(),
    isCondition: fc.boolean(),
    widget: fc.constantFrom(...widgets),
    type: fc.constantFrom("string", "number", "integer", "array", "object"),
    options: fc.array(fc.record({ value: anyText, label: anyText, description: anyText }), {
      maxLength: 120,
    }),
    initial,
    minLength: fc.integer({ min: 0, max: 5000 }),
    maxLength: fc.integer({ min: 0, max: 5000 }),
    minimum: fc.integer(),
    maximum: fc.integer(),
    allowed: fc.array(anyText, { maxLength: 120 }),
  })
  .map(({ name, allowed, initial: value, ...rest }) => ({
    ...rest,
    path: [name],
    key: name,
    ...(value === undefined ? {} : { initial: value }),
    repo: { allowedHosts: allowed.slice(0, 3), allowedOwners: allowed, allowedRepos: [] },
  }));

test("any form page and its review are inside every limit", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(field, { maxLength: 40, selector: (each) => each.key }),
      anyText,
      (fields, title) => {
        const shared = {
          templateTitle: title,
          place: { draft: "d", page: 1 },
          step: 2,
          steps: 3,
          problem: title,
        };

        const page = renderFormPage({
          ...shared,
          title,
          description: title,
          index: 1,
          fields,
          secrets: {
            problem: title,
            linkFor: () => "https://callboard.example.com/secrets/x",
            references: [{ name: "npm", title }],
            given: {},
          },
        });
        const review = renderReview({
          ...shared,
          pages: [{ title, fields, valueOf: (each) => each.initial }],
          stepNames: [title, title],
          approvals: [
            { groups: Array.from({ length: 30 }, () => title), count: 2 },
            ...Array.from({ length: 60 }, () => ({ stepName: title, groups: [title], count: 1 })),
          ],
          isRetry: false,
        });

        expect(viewProblems(page, "modal")).toEqual([]);
        expect(viewProblems(review, "modal")).toEqual([]);
      },
    ),
    runs,
  );
});

test("any run is inside every limit, in its message and in its thread", () => {
  const step = fc.record({
    id: anyText,
    name: anyText,
    action: anyText,
    status: fc.constantFrom("waiting", "running", "completed", "skipped", "failed", "cancelled"),
    startedAtMs: fc.nat(),
    endedAtMs: fc.nat(),
  });
  const run = fc.record(
    {
      templateTitle: anyText,
      id: fc.constant("0123456789abcdef"),
      status: fc.constantFrom("waiting", "running", "completed", "failed", "cancelled"),
      steps: fc.array(step, { maxLength: 60 }),
      log: fc.array(fc.record({ atMs: fc.nat(), stepId: anyText, line: anyText }), {
        maxLength: 200,
      }),
      output: fc.record({
        links: fc.array(fc.record({ title: anyText, url: fc.oneof(anyText, fc.webUrl()) }), {
          maxLength: 30,
        }),
        text: fc.array(fc.record({ title: anyText, content: anyText }), { maxLength: 8 }),
        values: fc.constant({}),
      }),
      error: fc.record({ code: anyText, message: anyText, hint: anyText, stepId: anyText }),
      requester: fc.record({ name: anyText, slackUserId: anyText }),
      message: fc.record({ channel: anyText, ts: anyText, insteadOf: anyText }),
      waitingFor: anyText,
    },
    {
      requiredKeys: [
        "templateTitle",
        "id",
        "status",
        "steps",
        "log",
        "output",
        "error",
        "requester",
        "message",
      ],
    },
  );
  fc.assert(
    fc.property(run, (more) => {
      const record = sampleRun(more);

      for (const hasPlan of [true, false]) {
        expect(messageProblems(renderRunMessage(record, { nowMs, hasPlan }))).toEqual([]);
      }
      expect(messageProblems(renderRunResult(record))).toEqual([]);
    }),
    runs,
  );
});

test("any list of templates, Home tab and error are inside every limit", () => {
  const template = fc.record({
    ref: anyText,
    title: anyText,
    description: anyText,
    owner: anyText,
    type: anyText,
    tags: fc.array(anyText, { maxLength: 9 }),
  });
  fc.assert(
    fc.property(fc.array(template, { maxLength: 80 }), anyText, (templates, text) => {
      const status = {
        entities: 1,
        documents: 1,
        templates: 1,
        errors: 0,
        warnings: 0,
        readAtMs: 0,
      };
      const home = renderHome({
        facts: {
          person: undefined,
          recent: templates.map((each) => ({ ref: each.ref, kind: text, title: each.title })),
          popular: templates.map((each) => ({ ref: each.ref, kind: text, title: text })),
          teams: templates.map((each) => ({
            team: { ref: each.ref, kind: text, title: text },
            contact: { slackChannel: text, slackChannelId: text },
            memberCount: 3,
            documents: templates.map((other) => ({ path: other.ref, title: other.title })),
            owns: templates.map((other) => ({
              brief: { ref: other.ref, kind: text, title: other.title },
              isMissingRunbook: true,
              findings: [
                { file: text, line: 1, column: 1, severity: "error", code: "x", message: text },
              ],
            })),
          })),
        },
        runs: templates.map(({ title }) => sampleRun({ templateTitle: title })),
        examples: templates.map(({ title }) => ({ question: title, what: text })),
        templates,
        status,
        isNew: true,
        nowMs,
      });

      expect(messageProblems(renderTemplateList({ templates, unknownName: text }))).toEqual([]);
      expect(viewProblems(renderTemplatesView({ templates }), "modal")).toEqual([]);
      expect(viewProblems(home, "home")).toEqual([]);
      expect(messageProblems(renderError({ message: text, hint: text, id: "1" }))).toEqual([]);
      expect(viewProblems(renderErrorView({ message: text, hint: text }), "modal")).toEqual([]);
    }),
    runs,
  );
});
