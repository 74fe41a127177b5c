import type { z } from "zod";

import type { AnyAction, defineAction } from "../scaffold/action.ts";

/** What a plug-in brings. */
export interface Plugin {
  /** Such as `acme-tickets`; shown in messages. */
  name: string;
  /** The version of this contract that it was written for. */
  apiVersion: 1;
  /** Actions for templates; their ids must be new. */
  actions: AnyAction[];
}

/** What a plug-in gets, so that it need not find Callboard's packages by itself. */
export interface PluginApi {
  defineAction: typeof defineAction;
  z: typeof z;
}

/** What a plug-in's file exports as `plugin` (or as its default). */
export type PluginFactory = (api: PluginApi) => Plugin | Promise<Plugin>;
