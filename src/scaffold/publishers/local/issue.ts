import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { parse, stringify } from "yaml";

import { toError } from "../../../base/errors.ts";
import { isRecord } from "../../../base/json.ts";
import type { IssueRequest, IssueResult, PublishContext } from "../contract.ts";

/**
 * Writes an issue as `<dataDir>/issues/<owner>/<repo>/<number>.md`: front matter with title, labels and assignees, then the body.
 * It reaches nobody by itself, and the log says so. Doing it again finds the file by the id that was noted before.
 */
export async function openLocalIssue(
  dataDir: string,
  request: IssueRequest,
  context: PublishContext,
): Promise<IssueResult> {
  const folder = join(dataDir, "issues", request.owner.toLowerCase(), request.repo.toLowerCase());
  await mkdir(folder, { recursive: true });
  const noted = await context.notes.get(noteKey);
  const id = noted ?? randomUUID();
  const written = noted === undefined ? undefined : await findWritten(folder, id);
  if (written === undefined) {
    context.signal.throwIfAborted();
    await context.notes.set(noteKey, id);
    await context.assertCurrent();
  }
  const number = written ?? (await write(folder, request, id));
  const file = join(folder, `${number}.md`);
  context.log(
    `issue ${number} of ${request.owner}/${request.repo} was written to ${file}; without GitHub nobody is notified`,
  );
  return { url: pathToFileURL(file).href, number };
}

const noteKey = "local.issue";

async function findWritten(folder: string, id: string): Promise<number | undefined> {
  for (const number of await numbersIn(folder)) {
    const text = await readFile(join(folder, `${number}.md`), "utf8");
    const [, matter = ""] = text.split("---\n");
    const facts: unknown = parse(matter);
    if (isRecord(facts) && facts["id"] === id) return number;
  }
  return undefined;
}

async function write(folder: string, request: IssueRequest, id: string): Promise<number> {
  const matter = stringify({
    title: request.title,
    repository: `${request.owner}/${request.repo}`,
    state: "open",
    labels: request.labels,
    assignees: request.assignees,
    ...(request.milestone === undefined ? {} : { milestone: request.milestone }),
    id,
  });
  const text = `---\n${matter}---\n\n${request.body.trim()}\n`;
  for (let number = Math.max(0, ...(await numbersIn(folder))) + 1; ; number += 1) {
    try {
      // wx: another process may have taken the number
      await writeFile(join(folder, `${number}.md`), text, { flag: "wx" });
      return number;
    } catch (thrown) {
      const error = toError(thrown);
      if (!("code" in error && error.code === "EEXIST")) throw error;
    }
  }
}

async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.map((name) => Number.parseInt(name, 10)).filter((number) => number > 0);
}
