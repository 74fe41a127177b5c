import type { z } from "zod";

import type { JsonObject, JsonValue } from "../base/json.ts";
import type { Logger } from "../base/logger.ts";
import type { CatalogEntity } from "../catalog/model.ts";
import type { FetchSource } from "./fetching/contract.ts";
import type { Publisher, PublishFile, StepNotes } from "./publishers/contract.ts";
import type { Renderer } from "./renderer.ts";
import type { WorkspaceFiles } from "./workspace-files.ts";

/** The whole world an action may touch. */
export interface ActionContext {
  runId: string;
  stepId: string;
  templateRef: string;
  /** Absolute path or URL of the template's file: relative URLs in the input resolve against it. */
  templateBase: string;
  /** Absolute path of the run's own folder; nothing outside it is written. It is there for actions whose `needsFolder` is not false. */
  workspace: string;
  /** The files in it, which are held in memory until an action needs the folder. */
  files: WorkspaceFiles;
  /** When the run was started: used for commit dates, so that a repeat makes the same commit. */
  startedAtMs: number;
  user: { ref?: string; entity?: CatalogEntity; name: string };
  isDryRun: boolean;
  signal: AbortSignal;
  logger: Logger;
  /** A line for the person who watches the run. */
  log(line: string): void;
  notes: StepNotes;
  assertCurrent(): Promise<void>;
  publisher: Publisher;
  catalog: CatalogAccess;
  /** Brings folders and files that fetch actions copy from. */
  fetch: FetchSource;
  /** Renders files and names of skeletons, apart from everything else. */
  renderer: Renderer;
  /** Requests to the hosts that the operator allows; absent where none is. */
  http?: HttpAccess;
  /** In a dry run: takes what would be published, to be shown. */
  propose?(change: ProposedChange): void;
  /** The time, where a run can wait without a worker (`StepWait`); absent in a terminal, which does not wait for days. */
  nowMs?(): number;
  /** Tells people something where they are; absent where nobody can be told (the message is in the run's log all the same). */
  notify?(notification: Notification): Promise<void>;
}

/** What a step would publish, as a dry run found out. */
export interface ProposedChange {
  kind: "repository" | "pull-request";
  host: string;
  owner: string;
  repo: string;
  /** The branch that a pull request goes to; absent: the repository's default. */
  branch?: string;
  title: string;
  files: PublishFile[];
  filesToDelete: string[];
}

/** A request by `http:backstage:request`. */
export interface HttpRequest {
  method: "GET" | "HEAD" | "OPTIONS" | "POST" | "UPDATE" | "DELETE" | "PUT" | "PATCH";
  /** Absolute, or a path on the host that the operator named. */
  path: string;
  headers: Record<string, string>;
  params: Record<string, string>;
  body?: string;
  timeoutMs: number;
}

/** What came back, whatever its status. */
export interface HttpReply {
  status: number;
  headers: Record<string, string>;
  /** JSON where it is JSON, else text. */
  body: JsonValue;
}

/** A way to the hosts that the operator allows, and to no other. */
export interface HttpAccess {
  /** @throws ForbiddenError `http-host-not-allowed`, UpstreamError `http-failed`. */
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpReply>;
}

/** A message to people by `notification:send`. */
export interface Notification {
  /** Canonical references of Users and Groups; empty means everybody who watches the run. */
  entityRefs: string[];
  title: string;
  description?: string;
  link?: string;
  severity: "critical" | "high" | "normal" | "low";
}

/** What actions may ask of the catalog. */
export interface CatalogAccess {
  get(ref: string): CatalogEntity | undefined;
  /** Adds the entities of a catalog file for good; resolves with their canonical refs once they can be found. */
  register(url: string, text: string): Promise<string[]>;
  /** Takes a registered file out of the catalog; absent where none is kept. */
  unregister?(url: string): Promise<void>;
}

/** Takes back what one call of an action made. */
export interface ActionUndo {
  /** What it would do, such as `deletes the repository github.com/acme/ledger`. Pure. */
  describe(made: JsonObject): string;
  /**
   * Does it, once or again; resolves with what was done, in words. Right before it deletes anything it makes sure that this run made it.
   * @throws ConflictError `undo-refused` when it did not, or when others have worked in it.
   */
  run(made: JsonObject, context: ActionContext): Promise<string>;
}

/** A step's code: an id, what it takes, and what it does. Its resolved value is the step's output. */
export interface Action<Input = unknown> {
  id: string;
  description: string;
  input: z.ZodType<Input>;
  /** True when `run` itself heeds `context.isDryRun`; false: a dry run only says what would be done. */
  supportsDryRun: boolean;
  /**
   * True when what it does is to change files in the workspace, the same each time. The workspace does not outlive its worker, so
   * when a run is resumed such steps are done again; steps that act on the outside never are.
   */
  changesWorkspace?: boolean;
  /** False: it touches the workspace by `context.files` alone, so that the files need not be put on disk for it. Absent: true. */
  needsFolder?: boolean;
  /** The outputs that a dry run makes up when `supportsDryRun` is false, so that later steps find something. */
  exampleOutput?(input: Input): JsonObject;
  /**
   * Names that it makes things under, such as `github.com/acme/ledger`: they are held for the run before it is called, so that two
   * runs never make the same thing. Pure; may throw for an input that names nothing.
   */
  reserves?(input: Input): string[];
  /** How what it noted with `noteMade` is taken back; absent: people are told to do it by hand. */
  undo?: ActionUndo;
  run(input: Input, context: ActionContext): Promise<JsonObject>;
}

/**
 * Types an action by its schema: `defineAction({ id: 'acme:ticket', description, input: z.object({…}), supportsDryRun: false, run })`.
 * Unknown properties in a step's input are a warning, not a fault, as templates in the wild carry many.
 */
export function defineAction<Input>(action: Action<Input>): Action<Input> {
  return action;
}

/** An action whatever its input; `input` has been checked by its schema before `run` is called. */
export type AnyAction = Action;

/** Actions by id. */
export type ActionRegistry = ReadonlyMap<string, AnyAction>;
