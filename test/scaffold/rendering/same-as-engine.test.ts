import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, expect, test } from "@jest/globals";
import { createTemplateRenderer, type TemplateValue } from "nunjitsu";

import { toError } from "../../../src/base/errors.ts";
import { createWorkerRenderer } from "../../../src/scaffold/rendering/worker-renderer.ts";
import { sharedPath } from "../../helpers/shared.ts";

const renderer = createWorkerRenderer({ timeoutMs: 20_000 });
afterAll(() => renderer.close());

/** Names that skeletons in the wild read; the rest comes to nothing, which is a case of its own. */
const values: Record<string, TemplateValue> = {
  name: "ledger",
  component_id: "ledger",
  description: 'Keeps: the "books"\nof everybody',
  owner: "group:default/team-payments",
  namespace: "payments",
  port: 8080,
  isPublic: true,
  tags: ["a", "b"],
  destination: { host: "github.com", owner: "acme", repo: "ledger" },
};

function textsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const content = readFileSync(join(entry.parentPath, entry.name));
      const text = content.toString("utf8");
      const isText = !content.includes(0) && content.length < 200_000;
      // the name of a file is rendered like its content
      return isText && /\$\{\{|\{%|\{#/.test(text + entry.name) ? [text, entry.name] : [];
    });
}

const folders = [
  fileURLToPath(new URL("../../../templates", import.meta.url)),
  sharedPath("corpus/templates"),
].filter((folder) => folder !== undefined);

test.each(folders)(
  "files of %s come out as the engine alone renders them",
  async (folder) => {
    const texts = textsBelow(folder);
    const engine = createTemplateRenderer({ allowRegexExecution: true });
    const alone = texts.map((text) => {
      try {
        return { value: engine.render(text, { values }) };
      } catch (thrown) {
        return { failed: toError(thrown).message };
      }
    });

    const ours = await renderer.renderTexts(texts, { values }, { nowMs: 0 });

    const compared = texts.flatMap((text, index) => {
      const wanted = alone[index];
      return wanted !== undefined && "value" in wanted
        ? [[text, wanted, ours[index]] as const]
        : [];
    });
    expect(compared.length).toBeGreaterThan(texts.length / 2);
    expect(
      compared.filter(([, wanted, got]) => JSON.stringify(wanted) !== JSON.stringify(got)),
    ).toEqual([]);
  },
  60_000,
);
