import { createHash } from "node:crypto";
import { dirname } from "node:path";

import { ForbiddenError, InputError, NotFoundError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { listTree, readRegularFile } from "../../scaffold/actions/file-tree.ts";
import { withParameters } from "../../scaffold/created-names.ts";
import type { FetchSource } from "../../scaffold/fetching/contract.ts";
import type { Template } from "../../scaffold/model.ts";
import { stableText } from "../audit/stable-text.ts";

/**
 * What an approval is bound to: a hash of all that the template says and of every file that its fetch steps copy from a place that is
 * fixed or follows from what was typed. Where it stands does not count, so that all processes get the same. 64 hexadecimal digits.
 * @throws what `fetch` throws, save that nothing is there or may be had.
 */
export async function hashTemplate(
  template: Template,
  values: JsonObject,
  fetch: FetchSource,
  signal: AbortSignal,
): Promise<string> {
  const { base, ...said } = template;
  const hash = createHash("sha256").update(stableText(said));
  for (const url of copiedFrom(template, values)) {
    hash.update(`\n${url}\n`);
    await addFiles(hash, { url, base }, fetch, signal);
  }
  return hash.digest("hex");
}

/** Addresses that the steps copy from, where nothing but the values decides about them. */
function copiedFrom(template: Template, values: JsonObject): string[] {
  const urls = template.steps
    .filter((step) => step.action.startsWith("fetch:"))
    .map((step) => step.input["url"])
    .map((url) => (typeof url === "string" ? withParameters(url, values) : undefined));
  return [...new Set(urls)].filter((url) => url !== undefined).toSorted();
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
    const isSaid = [NotFoundError, ForbiddenError, InputError].some(
      (type) => thrown instanceof type,
    );
    if (!isSaid) throw thrown;
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
