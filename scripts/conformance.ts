// Loads every template below a folder, fills in its form and dry-runs it: npm run conformance -- FOLDER [--json].
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { builtinActions } from "../src/scaffold/actions/builtin-actions.ts";
import { localPublisher } from "../src/scaffold/publishers/local/local-publisher.ts";
import { createWorkerRenderer } from "../src/scaffold/rendering/worker-renderer.ts";
import { conformance } from "../src/usecases/runs/conformance.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
const [folder] = positionals;
if (folder === undefined) {
  process.stderr.write("usage: npm run conformance -- FOLDER [--json]\n");
  process.exit(2);
}

const renderer = createWorkerRenderer();
const dataDir = await mkdtemp(join(tmpdir(), "callboard-conformance-"));
try {
  const report = await conformance(folder, {
    actions: builtinActions,
    renderer,
    publisher: localPublisher({ dataDir }),
    signal: new AbortController().signal,
    clock: Date.now,
  });
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : toText(report));
} finally {
  await renderer.close();
  await rm(dataDir, { recursive: true, force: true });
}

function toText({ templates }: Awaited<ReturnType<typeof conformance>>): string {
  const lines = templates.map(({ file, loaded, reason, dryRun, unknownActions, error }) => {
    const why =
      error ?? reason ?? (unknownActions.length > 0 ? `unknown: ${unknownActions.join(", ")}` : "");
    return `${loaded ? dryRun : "refused"}\t${file}${why === "" ? "" : `\t${why}`}`;
  });
  const count = (because: string | undefined): number =>
    templates.filter((one) => one.because === because).length;
  const able = templates.length - count("refused") - count("action-unknown");
  return [
    ...lines,
    "",
    `${templates.length} templates: ${count("refused")} refused when loaded, ${count("action-unknown")} need actions that are not here.`,
    `Of the other ${able}: ${count(undefined)} completed, ${count("expression-invalid")} hold expressions that cannot be parsed,`,
    `${count("source-missing")} need files that are not here, ${count("other")} failed for other reasons.`,
    "",
  ].join("\n");
}
