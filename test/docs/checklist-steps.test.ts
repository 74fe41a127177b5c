import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "@jest/globals";

import { checklistSteps } from "../../src/docs/checklist-steps.ts";
import { parseDocument } from "../../src/docs/parse-document.ts";
import { fc } from "../helpers/properties.ts";
import { sharedPath } from "../helpers/shared.ts";

function steps(markdown: string, anchor?: string) {
  return checklistSteps(parseDocument(markdown).sections, anchor);
}

const runbook = `# Ledger is behind

Consumers cannot keep up.

## Impact

- Balances are late.

## Diagnosis

1. Look at the *lag*:

   \`\`\`sh
   kubectl -n ledger get pods

   kafka-lag ledger
   \`\`\`
2. [ ] Check the [dashboard](https://x.example).
   - one board
   - another

Then wait a minute.

## Mitigation

Scale out:

\`\`\`sh
kubectl scale deploy ledger --replicas=6
\`\`\`
`;

describe("the steps of a runbook", () => {
  test("are the items of its lists with their code, and sections without a list", () => {
    expect(steps(runbook)).toEqual([
      {
        heading: "Diagnosis",
        title: "Look at the lag:",
        details: "```sh\nkubectl -n ledger get pods\n\nkafka-lag ledger\n```",
      },
      {
        heading: "Diagnosis",
        title: "Check the dashboard.",
        details: "- one board\n- another\n\nThen wait a minute.",
      },
      {
        heading: "Mitigation",
        title: "Mitigation",
        details: "Scale out:\n\n```sh\nkubectl scale deploy ledger --replicas=6\n```",
      },
    ]);
  });

  test("of one section are those below its heading", () => {
    expect(steps(runbook, "mitigation").map(({ title }) => title)).toEqual(["Mitigation"]);
    expect(steps(runbook, "impact").map(({ title }) => title)).toEqual(["Balances are late."]);
    expect(steps(runbook, "nowhere")).toEqual([]);
  });

  test("keep code whole or say that there is more", () => {
    const long = "x".repeat(3_000);
    const [step] = steps(`## Do\n\n- run\n\n  \`\`\`\n  ${long}\n  \`\`\`\n`);

    expect(step?.details).toBe("_(more in the document)_");
  });

  test("are bounded for any text, and never empty of words", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            "- a",
            "1. b",
            "## C",
            "```",
            "> q",
            "| t |",
            "",
            "  - d",
            "<b>",
            "* * *",
          ),
          {
            maxLength: 600,
          },
        ),
        (lines) => {
          const found = steps(lines.join("\n"));
          expect(found.length).toBeLessThanOrEqual(200);
          for (const { title, details } of found) {
            expect(title).not.toBe("");
            expect(title.length).toBeLessThanOrEqual(300);
            expect(details.length).toBeLessThanOrEqual(2_100);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

const corpus = sharedPath("corpus/runbooks");
const describeCorpus = corpus === undefined ? describe.skip : describe;

describeCorpus("runbooks of public collections (skipped where they are not at hand)", () => {
  test("have steps, within the limits", () => {
    const files = readdirSync(corpus ?? "", { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".md"))
      .map((path) => parseDocument(readFileSync(join(corpus ?? "", path), "utf8")));

    const counts = files.map(({ sections }) => checklistSteps(sections).length);

    expect(counts.length).toBeGreaterThan(50);
    expect(Math.max(...counts)).toBeLessThanOrEqual(200);
    // the others are stubs: headings without anything below
    expect(counts.filter((count) => count > 0).length).toBeGreaterThan(counts.length * 0.9);
  });
});
