/** The public API for people who extend Callboard. */
export { defineAction } from "./scaffold/action.ts";
export type { Action, ActionContext } from "./scaffold/action.ts";
export type { Plugin, PluginApi, PluginFactory } from "./plugins/contract.ts";
export {
  ConflictError,
  ForbiddenError,
  InputError,
  NotFoundError,
  UpstreamError,
} from "./base/errors.ts";
