import { toError } from "../../base/errors.ts";
import type { FieldFault, FormField } from "../../scaffold/form-model.ts";
import { parseRepoUrl } from "../../scaffold/repo-url.ts";
import { repoUse } from "../../scaffold/repo-use.ts";
import type { SlackContext } from "../context.ts";
import { type ShownPage, valueAt } from "../form-pages.ts";
import { within } from "../within.ts";
import type { FormSession } from "./form-session.ts";

/** Of Slack's three seconds; what the host does not say by then is found out when the run gets there. */
const lookLimitMs = 1_500;

/** Says at once, at its field, when a repository that is to be made exists already, or one that is to be changed does not. */
export async function repositoryFaults(
  context: SlackContext,
  session: FormSession,
  page: ShownPage,
): Promise<FieldFault[]> {
  const { repositories } = context.services;
  const fields = page.fields.filter(({ widget }) => widget === "repo-url");
  if (repositories === undefined || fields.length === 0) return [];
  const looking = Promise.all(fields.map((field) => faultOf(context, session, field)));
  looking.catch((thrown: unknown) => {
    context.logger.warn({ error: toError(thrown).message }, "repositories could not be checked");
  });
  const found = await within(looking, lookLimitMs).catch(() => undefined);
  return (found ?? []).filter((fault) => fault !== undefined);
}

async function faultOf(
  { services }: SlackContext,
  session: FormSession,
  field: FormField,
): Promise<FieldFault | undefined> {
  const use = repoUse(session.loaded.template, field.path);
  const value = valueAt(session.draft.values, field.path);
  if (use === undefined || typeof value !== "string") return undefined;
  const { owner, repo, host } = parseRepoUrl(value);
  if (owner === undefined) return undefined;
  const fault = await services.repositories?.fault({ host, owner, repo }, use);
  return fault === undefined ? undefined : { key: field.key, message: fault };
}
