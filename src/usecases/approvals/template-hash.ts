import { createHash } from "node:crypto";
import { dirname } from "node:path";

import { NotFoundError } from "../../base/errors.ts";
import { listTree, readRegularFile } from "../../scaffold/actions/file-tree.ts";
import type { FetchSource } from "../../scaffold/fetching/contract.ts";
import type { Template } from "../../scaffold/model.ts";
import { stableText } from "../audit/stable-text.ts";

/**
 * What an approval is bound to: a hash of all that the template says and of every file that its fetch steps copy from a fixed
 * place. Where it stands does not count, so that all processes get the same. 64 hexadecimal digits.
 * @throws InputError `tree-not-allowed`, `tree-too-large`; what `fetch` throws, save that nothing is there.
 */
export async function hashTemplate(
  template: Template,
  fetch: FetchSource,
  signal: AbortSignal,
): Promise<string> {
  const { base, ...said } = template;
  const hash = createHash("sha256").update(stableText(said));
  for (const url of copiedFrom(template)) {
    hash.update(`\n${url}\n`);
    await addFiles(hash, { url, base }, fetch, signal);
  }
  return hash.digest("hex");
}

/** Addresses that the steps copy from, where they do not depend on what was typed. */
function copiedFrom(template: Template): string[] {
  const urls = template.steps
    .filter((step) => step.action.startsWith("fetch:"))
    .map((step) => step.input["url"])
    .filter((url) => typeof url === "string" && !url.includes("${{"));
  return [...new Set(urls)].filter((url) => typeof url === "string").toSorted();
}

async function addFiles(
  hash: ReturnType<typeof createHash>,
  from: { url: string; base: string },
  fetch: FetchSource,
  signal: AbortSignal,
): Promise<void> {
  let fetched;
  try {
    fetched = await fetch.fetch(from.url, from.base, signal);
  } catch (thrown) {
    // the step says so itself when it is reached
    if (!(thrown instanceof NotFoundError)) throw thrown;
    hash.update("nothing there");
    return;
  }
  const files = fetched.isFolder
    ? await listTree(fetched.path, signal)
    : [{ path: "", absolute: fetched.path, isExecutable: false }];
  for (const { path, absolute, isExecutable } of files) {
    const content = await readRegularFile(absolute, path === "" ? dirname(absolute) : path);
    hash.update(`${path}\n${isExecutable ? "x" : "-"} ${content.length}\n`).update(content);
  }
}
