import { ConflictError } from "../../base/errors.ts";
import type { ActionRegistry, AnyAction } from "../action.ts";
import { catalogFetch, catalogRegister, catalogWrite } from "./catalog-actions.ts";
import { debugLog, debugWait } from "./debug-actions.ts";
import { fetchCookiecutter } from "./fetch-cookiecutter.ts";
import { fetchPlain, fetchPlainFile } from "./fetch-plain.ts";
import {
  fetchTemplate,
  fetchTemplateFile,
  workspaceTemplate,
  workspaceTemplateFile,
} from "./fetch-template.ts";
import { fsDelete, fsRead, fsReaddir, fsRename } from "./fs-actions.ts";
import { githubActions } from "./github-actions.ts";
import { httpRequest, notificationSend } from "./outside-actions.ts";
import { publishGithub } from "./publish-github.ts";
import { publishGithubPullRequest } from "./publish-pull-request.ts";
import {
  roadieJsonata,
  roadieJsonMerge,
  roadieJsonTransform,
  roadieMerge,
  roadieSerializeJson,
  roadieSerializeYaml,
  roadieSleep,
  roadieYamlTransform,
  roadieZip,
} from "./roadie-data-actions.ts";
import { roadieAppend, roadieParse, roadieReplace, roadieWrite } from "./roadie-file-actions.ts";
import { waitForPullRequest, waitUntilAction } from "./wait-actions.ts";

/** The actions that come with Callboard; docs/actions.md lists them. */
export const builtinActions: ActionRegistry = createActionRegistry(
  [
    fetchTemplate,
    fetchTemplateFile,
    fetchCookiecutter,
    fetchPlain,
    fetchPlainFile,
    workspaceTemplate,
    workspaceTemplateFile,
    fsDelete,
    fsRename,
    fsRead,
    fsReaddir,
    catalogFetch,
    catalogRegister,
    catalogWrite,
    debugLog,
    debugWait,
    waitUntilAction,
    waitForPullRequest,
    publishGithub,
    publishGithubPullRequest,
    httpRequest,
    notificationSend,
    ...githubActions,
    roadieWrite,
    roadieAppend,
    roadieReplace,
    roadieParse,
    roadieJsonata,
    roadieJsonTransform,
    roadieYamlTransform,
    roadieMerge,
    roadieJsonMerge,
    roadieSerializeJson,
    roadieSerializeYaml,
    roadieSleep,
    roadieZip,
  ].map(withoutFolder),
);

/** Actions of our own that do need the folder say so. */
function withoutFolder(action: AnyAction): AnyAction {
  return { needsFolder: false, ...action };
}

/**
 * Adds actions to a registry. @throws ConflictError `action-duplicate` when an id is taken: two owners of one name would
 * make templates mean different things.
 */
export function createActionRegistry(
  actions: readonly AnyAction[],
  base: ActionRegistry = new Map(),
): ActionRegistry {
  const registry = new Map(base);
  for (const action of actions) {
    if (registry.has(action.id)) {
      throw new ConflictError("action-duplicate", `There is already an action ${action.id}.`, {
        hint: "give yours another id, such as acme:ticket:create",
      });
    }
    registry.set(action.id, action);
  }
  return registry;
}
