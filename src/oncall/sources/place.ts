import { open } from "node:fs/promises";
import { resolve } from "node:path";

import { codeOf, InputError, NotFoundError, toError } from "../../base/errors.ts";
import { fetchText } from "./bounded-fetch.ts";

/** Where a schedule's text lies: a file, or an address on the web. */
export type Place = { path: string; shown: string } | { url: URL; headers: Record<string, string> };

const mostBytes = 2 * 1024 * 1024;

/** A place as configured: a path relative to `folder`, or an http(s) address. */
export function placeOf(
  written: { path?: string | undefined; url?: string | undefined },
  folder: string,
  headers: Record<string, string> = {},
): Place {
  if (written.url !== undefined) return { url: new URL(written.url), headers };
  const path = written.path ?? "";
  return { path: resolve(folder, path), shown: path.replace(/^\.\//, "") };
}

/** The place as people know it. Addresses of calendars often hold a secret behind their host: it is left out. */
export function shownPlace(place: Place): string {
  return "path" in place ? place.shown : place.url.host;
}

/** Reads the text. @throws NotFoundError `oncall-file-missing`, InputError `oncall-malformed`, and as `fetchText` */
export async function readPlace(place: Place, signal: AbortSignal): Promise<string> {
  if ("url" in place)
    return await fetchText(place.url, {
      label: place.url.host,
      headers: place.headers,
      signal,
    });
  try {
    const file = await open(place.path);
    try {
      const { size } = await file.stat();
      if (size > mostBytes)
        throw new InputError("oncall-malformed", `${place.shown} is larger than 2 MB`);
      return await file.readFile({ encoding: "utf8", signal });
    } finally {
      await file.close();
    }
  } catch (thrown) {
    if (thrown instanceof InputError) throw thrown;
    const why = codeOf(thrown) === "ENOENT" ? "does not exist" : "cannot be read";
    throw new NotFoundError("oncall-file-missing", `the on-call file ${place.shown} ${why}`, {
      hint: "correct its path in callboard.yaml, which is relative to that file",
      cause: toError(thrown),
    });
  }
}
