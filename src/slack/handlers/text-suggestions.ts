import type { PlainTextOption } from "@slack/types";

import { toError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { fieldsOf } from "../../scaffold/fields.ts";
import type { Form, SuggestOptions } from "../../scaffold/form-model.ts";
import { parseRepoUrl } from "../../scaffold/repo-url.ts";
import type { SlackContext } from "../context.ts";
import { valueAt } from "../form-pages.ts";
import { limits } from "../views/blocks.ts";
import { textOption } from "../views/search-fields.ts";
import { within } from "../within.ts";

/** A form with everything that stands in it at the moment. */
export interface SuggestionPlace {
  form: Form;
  values: JsonObject;
}

/** Of Slack's three seconds; without an answer people type the name themselves. */
const lookLimitMs = 1_500;

/** The texts that fit what is typed, best first; those that begin with it before those that hold it. */
export async function matchingTexts(
  context: SlackContext,
  place: SuggestionPlace,
  from: SuggestOptions,
  typed: string,
): Promise<PlainTextOption[]> {
  const wanted = typed.toLowerCase();
  const fitting = (await textsOf(context, place, from, typed)).filter(({ text }) =>
    text.toLowerCase().includes(wanted),
  );
  const first = fitting.filter(({ text }) => text.toLowerCase().startsWith(wanted));
  return [...new Set([...first, ...fitting])]
    .flatMap(({ text, description }) => textOption(text, description) ?? [])
    .slice(0, limits.options);
}

interface Suggestion {
  text: string;
  description?: string;
}

async function textsOf(
  context: SlackContext,
  place: SuggestionPlace,
  from: SuggestOptions,
  typed: string,
): Promise<Suggestion[]> {
  const { entities, repositories } = context.services;
  if (from.from === "tags") {
    return entities.tags(from.kinds).map(({ tag, count }) => ({
      text: tag,
      ...(from.hasCounts ? { description: count === 1 ? "1 entity" : `${count} entities` } : {}),
    }));
  }
  if (from.from === "owners") {
    const names = await known(context, async () => (await repositories?.owners()) ?? []);
    const excluded = new Set(from.excluded.map((name) => name.toLowerCase()));
    return names.filter((name) => !excluded.has(name.toLowerCase())).map((text) => ({ text }));
  }
  const repository = repositoryOf(place);
  if (repository === undefined) return [];
  const names = await known(
    context,
    async () => (await repositories?.branches(repository, typed)) ?? [],
  );
  return names.map((text) => ({ text }));
}

/** What the host says in time; nothing where it does not, or cannot be asked. */
async function known(context: SlackContext, ask: () => Promise<string[]>): Promise<string[]> {
  const asking = ask();
  asking.catch((thrown: unknown) => {
    context.logger.warn({ error: toError(thrown).message }, "nothing could be suggested");
  });
  return (await within(asking, lookLimitMs).catch(() => undefined)) ?? [];
}

/** The repository that `repoUrl` names, or the first field that names one. */
function repositoryOf({
  form,
  values,
}: SuggestionPlace): { owner: string; repo: string } | undefined {
  const paths = form.pages
    .flatMap((page) => fieldsOf(page, values))
    .filter(({ widget }) => widget === "repo-url")
    .map(({ path }) => path);
  for (const path of [["repoUrl"], ...paths]) {
    const value = valueAt(values, path);
    const repository = typeof value === "string" ? readRepository(value) : undefined;
    if (repository !== undefined) return repository;
  }
  return undefined;
}

function readRepository(value: string): { owner: string; repo: string } | undefined {
  try {
    const { owner, repo } = parseRepoUrl(value);
    return owner === undefined ? undefined : { owner, repo };
  } catch {
    // half-typed
    return undefined;
  }
}
