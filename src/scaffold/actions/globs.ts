import picomatch from "picomatch";

import { InputError } from "../../base/errors.ts";
import { matchAllWithin } from "../bounded-regex.ts";

/**
 * Which of the paths one of the globs matches. As in Backstage, `*` also matches names that begin with a full stop, and a
 * folder stands for everything in it. A glob that begins with `!` takes back what earlier ones matched.
 * @throws InputError `glob-invalid` when a glob is malformed or takes too long.
 */
export function matchGlobs(globs: readonly string[], paths: readonly string[]): Set<string> {
  const matched = new Set<string>();
  for (const written of globs) {
    const isNegated = written.startsWith("!");
    const glob = (isNegated ? written.slice(1) : written).replace(/^\.\//, "").replace(/\/+$/, "");
    const hits = matchGlob(glob, paths);
    paths.forEach((path, index) => {
      if (hits[index] !== true) return;
      if (isNegated) matched.delete(path);
      else matched.add(path);
    });
  }
  return matched;
}

function matchGlob(glob: string, paths: readonly string[]): boolean[] {
  const pattern = patternOf(glob);
  // Each path and its folders: a glob that names a folder means all of it.
  const candidates = paths.map((path) => {
    const parts = path.split("/");
    return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  });
  const flat = candidates.flat();
  const hits = matchAllWithin(pattern, flat, 500);
  if (hits === undefined) throw invalid(glob, "it takes too long to match");
  let at = 0;
  return candidates.map((own) => {
    const isHit = hits.slice(at, at + own.length).includes(true);
    at += own.length;
    return isHit;
  });
}

function patternOf(glob: string): RegExp {
  if (glob.length > 500) throw invalid(glob.slice(0, 80), "it is longer than 500 characters");
  try {
    return picomatch.makeRe(glob, { dot: true, nonegate: true });
  } catch (thrown) {
    throw invalid(glob, "it cannot be read", thrown);
  }
}

function invalid(glob: string, why: string, cause?: unknown): InputError {
  return new InputError("glob-invalid", `The pattern “${glob}” cannot be used: ${why}.`, {
    hint: "write it like .github/workflows/** or *.png",
    cause,
  });
}
