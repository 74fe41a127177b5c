import type { Template } from "./model.ts";

/** What a template wants of the repository that a field names: that it does not exist yet, or that it does. */
export type RepoUse = "new" | "existing";

const creating = new Set(["publish:github", "github:repo:create"]);
const changing = new Set([
  "publish:github:pull-request",
  "github:actions:dispatch",
  "github:issues:create",
  "github:issues:label",
]);

/**
 * What is to be checked of a `RepoUrlPicker` field, by the steps that read it; undefined where they do not say, or only under
 * conditions.
 */
export function repoUse(
  template: Pick<Template, "steps">,
  path: readonly string[],
): RepoUse | undefined {
  const name = path.map(escapeRegExp).join("\\s*\\.\\s*");
  // parameters.repoUrl, and not parameters.repoUrlOther
  const reads = new RegExp(`parameters\\s*\\.\\s*${name}(?![\\w.-])`);
  const steps = template.steps.filter((step) => {
    const { repoUrl } = step.input;
    return typeof repoUrl === "string" && reads.test(repoUrl);
  });
  // one that creates it comes before those that change it
  const [creator] = steps.filter((step) => creating.has(step.action));
  if (creator !== undefined) return creator.if === undefined ? "new" : undefined;
  const isChanged = steps.some((step) => changing.has(step.action) && step.if === undefined);
  return isChanged ? "existing" : undefined;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
