/** The public API for people who extend Callboard. */
export { defineAction } from "./scaffold/action.ts";
export type { Action, ActionContext, ActionUndo } from "./scaffold/action.ts";
export type { ListedFile, NewFile, TreeFile, WorkspaceFiles } from "./scaffold/workspace-files.ts";
export { forgetMade, noteMade } from "./scaffold/undo.ts";
export type { Plugin, PluginApi, PluginFactory } from "./plugins/contract.ts";
export {
  ConflictError,
  ForbiddenError,
  InputError,
  NotFoundError,
  UpstreamError,
} from "./base/errors.ts";
