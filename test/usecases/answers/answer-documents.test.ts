import { expect, test } from "@jest/globals";

import { buildCatalog } from "../../../src/catalog/build.ts";
import { parseDocument } from "../../../src/docs/parse-document.ts";
import type { Answerer } from "../../../src/usecases/answers/answer-question.ts";
import { buildSnapshot } from "../../../src/usecases/catalog/snapshot.ts";
import type { Document } from "../../../src/usecases/documents/documents.ts";
import { answererOver } from "../../helpers/sample-catalog.ts";
import { groupYaml, serviceYaml } from "../../helpers/small-catalog.ts";

const nowMs = 1_700_000_000_000;
const context = { nowMs };

function document(path: string, markdown: string, more: Partial<Document> = {}): Document {
  const { title = path, sections } = parseDocument(markdown);
  return {
    path,
    title,
    refs: [],
    isRunbook: true,
    alerts: [],
    sections,
    markdown,
    readAtMs: nowMs,
    ...more,
  };
}

function answererFor(documents: Document[]): Answerer {
  const text =
    groupYaml("bakers", "#bakers") +
    groupYaml("grocers", "#grocers") +
    serviceYaml("bread", "bakers") +
    serviceYaml("milk", "bakers");
  const file = { file: "all.yaml", base: "/all.yaml", text };
  const { catalog } = buildCatalog({ sources: [{ id: "x", readAtMs: nowMs, files: [file] }] });
  return answererOver(
    buildSnapshot({ version: 1, catalog, documents, diagnostics: [], readAtMs: nowMs }),
  );
}

const bread = { refs: ["component:default/bread"] };

test("a page that is titled by one word of several is no answer to them, but to the word alone", () => {
  const ask = answererFor([
    document("deploys.md", "# Deploys\n\n## Overview\n\nEverything about deploys.\n"),
    document(
      "stuck.md",
      "# Rollouts\n\n## Mitigation\n\nThis runbook is for deploys that hang at half: pause the canary.\n",
    ),
  ]);

  const first = (question: string): unknown => ask(question, context).documents[0]?.path;

  expect(first("runbook for deploys that hang at half")).toBe("stuck.md");
  expect(first("runbook for deploys")).toBe("deploys.md");
});

test("whoever does not say what is wrong gets all runbooks of the thing, and the only one where it has one", () => {
  const lag = document(
    "lag.md",
    "# Lag\n\n## Meaning\n\nBehind.\n\n## Mitigation\n\nRestart.\n",
    bread,
  );
  const ovens = document("ovens.md", "# Cold ovens\n\n## Mitigation\n\nHeat.\n", bread);
  const both = answererFor([lag, ovens]);

  const several = both("/runbook bread", context);
  const troubled = both("is bread down", context);
  const told = both("/runbook bread lag", context);
  const single = answererFor([lag])("/runbook bread", context);

  expect(several.card).toMatchObject({ type: "entity", headline: "2 runbooks" });
  expect(several.documents.map(({ path }) => path)).toEqual(["lag.md", "ovens.md"]);
  expect(several.evidence.map(({ source }) => source)).toEqual(["lag.md:3", "ovens.md:3"]);
  expect(troubled.card).toMatchObject({ type: "entity", headline: "2 runbooks" });
  expect(told.card).toMatchObject({ type: "section", path: "lag.md" });
  expect(single.card).toMatchObject({ type: "section", path: "lag.md", heading: "Mitigation" });
});

test("a trouble that no runbook of the thing speaks of is said to be missing, and the runbooks are shown", () => {
  const lag = document("lag.md", "# Lag\n\n## Mitigation\n\nRestart.\n", bread);
  const ovens = document("ovens.md", "# Cold ovens\n\n## Mitigation\n\nHeat.\n", bread);
  const question = "runbook for bread certificates expired";

  const several = answererFor([lag, ovens])(question, context);
  const single = answererFor([lag])(question, context);
  const vague = answererFor([lag])("bread is broken", context);

  expect(several.card).toMatchObject({
    type: "entity",
    headline: "2 runbooks; none says “certificates expired”",
    runbooks: [{ path: "lag.md" }, { path: "ovens.md" }],
  });
  expect(single.card).toMatchObject({ type: "section", path: "lag.md" });
  expect(single.caveats).toEqual([
    "It does not say “certificates expired”, but it is the only runbook there is.",
  ]);
  expect(vague.card).toMatchObject({ type: "section", path: "lag.md" });
  expect(vague.caveats).toBeUndefined();
});

test("that a team has nothing of a kind is an answer", () => {
  const ask = answererFor([]);

  const none = ask("production services of grocers", context);
  const unheard = ask("production services of team zorb", context);

  expect(none.status).toBe("answered");
  expect(none.card).toMatchObject({ title: "None: production services of grocers", total: 0 });
  expect(unheard.status).toBe("unknown");
});

test("runbooks of a team are those of what it owns", () => {
  const ask = answererFor([document("lag.md", "# Lag\n\nRestart.\n", bread)]);

  const questions = [
    "runbooks of team bakers",
    "runbook for team bakers",
    "list the runbooks of bakers",
  ];

  expect(questions.map((question) => ask(question, context).card)).toEqual(
    questions.map(() => expect.objectContaining({ type: "list", total: 1 })),
  );
});

test("a question for help that names nothing asks back what is wrong", () => {
  const ask = answererFor([]);

  const titles = ["what to do", "what should I do?", "/runbook"].map(
    (question) => ask(question, context).card,
  );

  for (const card of titles)
    expect(card).toMatchObject({
      type: "nothing",
      title: "What is wrong, and with what? Name the service and what you see, or paste the alert.",
      suggestions: ["list runbooks", "list services", "help"],
    });
  expect(ask("/whoowns", context).text).toContain("Name a service, team or system.");
});
