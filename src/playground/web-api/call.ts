import { isRecord } from "../../base/json.ts";
import { SlackRefusal } from "../refusal.ts";
import { appMethods } from "./app.ts";
import { MethodArguments, parseFormArguments } from "./arguments.ts";
import { assistantMethods } from "./assistant.ts";
import { chatMethods } from "./chat.ts";
import type { ApiContext, Method } from "./context.ts";
import { directoryMethods } from "./directory.ts";
import { fileMethods } from "./files.ts";
import { functionMethods } from "./functions.ts";
import { linkMethods } from "./links.ts";
import { type MethodSpec, methodTable } from "./method-table.ts";
import { streamMethods } from "./streams.ts";
import { viewMethods } from "./views.ts";

const methods: Readonly<Record<string, Method>> = {
  ...appMethods,
  ...assistantMethods,
  ...fileMethods,
  ...functionMethods,
  ...linkMethods,
  ...streamMethods,
  ...chatMethods,
  ...directoryMethods,
  ...viewMethods,
};

/** One call as it came in. */
export interface ApiCall {
  method: string;
  authorization: string | undefined;
  contentType: string;
  body: string;
}

/** A call that was read: its arguments without the token. */
export interface ReadCall {
  values: Record<string, unknown>;
  token: string | undefined;
}

/** Reads a call's body and token. @throws SlackRefusal when a JSON argument cannot be parsed. */
export function readCall(call: ApiCall): ReadCall {
  const { token, ...values } = readBody(call);
  const bearer = /^Bearer (.+)$/.exec(call.authorization ?? "")?.[1];
  return { values, token: bearer ?? (typeof token === "string" ? token : undefined) };
}

function readBody({ body, contentType }: ApiCall): Record<string, unknown> {
  if (!contentType.startsWith("application/json")) return parseFormArguments(body);
  try {
    const parsed: unknown = JSON.parse(body === "" ? "{}" : body);
    if (isRecord(parsed)) return parsed;
  } catch {
    throw new SlackRefusal("invalid_json");
  }
  throw new SlackRefusal("json_not_object");
}

/** The method's row in the table. @throws SlackRefusal `unknown_method`. */
export function specOf(method: string): MethodSpec {
  const spec = Object.hasOwn(methodTable, method) ? methodTable[method] : undefined;
  if (spec === undefined || !Object.hasOwn(methods, method)) {
    throw new SlackRefusal("unknown_method", [], { req_method: method });
  }
  return spec;
}

/**
 * Runs a call.
 * @throws SlackRefusal `not_authed`, `invalid_auth`, `not_allowed_token_type`, `missing_scope`, `invalid_arguments` and
 * whatever the method refuses.
 */
export async function runCall(
  method: string,
  { values, token }: ReadCall,
  context: ApiContext,
): Promise<Record<string, unknown>> {
  const spec = specOf(method);
  checkToken(method, token, context);
  checkScope(spec, context);
  const args = new MethodArguments(values);
  const missing = spec.required.filter((name) => !args.has(name));
  if (missing.length > 0) {
    throw new SlackRefusal(
      "invalid_arguments",
      missing.map((name) => `[ERROR] missing required field: ${name}`),
    );
  }
  return { ok: true, ...(await methods[method]?.(args, context)) };
}

/** What a careful bot would do differently though Slack does not mind. */
export function warningsFor(method: string, values: Record<string, unknown>): string[] {
  const spec = methodTable[method];
  if (spec === undefined) return [];
  // Bolt adds the workspace's id to every call of a listener's client.
  const known = new Set([...spec.required, ...spec.optional, "team_id"]);
  const unknown = Object.keys(values).filter((name) => !known.has(name));
  const warnings = unknown.map((name) => `unknown argument: ${name}`);
  const hasText = typeof values["text"] === "string" && values["text"] !== "";
  if (method.startsWith("chat.post") && values["blocks"] !== undefined && !hasText) {
    warnings.push("missing_text_in_message: notifications and screen readers have nothing to say");
  }
  return warnings;
}

function checkToken(method: string, token: string | undefined, { settings }: ApiContext): void {
  if (token === undefined || token === "") throw new SlackRefusal("not_authed");
  const isAppToken = token === settings.appToken;
  if (!isAppToken && token !== settings.botToken) throw new SlackRefusal("invalid_auth");
  if (isAppToken !== (method === "apps.connections.open")) {
    throw new SlackRefusal("not_allowed_token_type");
  }
}

function checkScope(spec: MethodSpec, { settings: { scopes } }: ApiContext): void {
  if (scopes === undefined || spec.scopes.length === 0) return;
  if (spec.scopes.some((scope) => scopes.has(scope))) return;
  throw new SlackRefusal("missing_scope", [], {
    needed: spec.scopes.join(","),
    provided: [...scopes].join(","),
  });
}
