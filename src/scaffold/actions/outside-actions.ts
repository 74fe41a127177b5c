import { z } from "zod";

import { ForbiddenError, InputError, UpstreamError } from "../../base/errors.ts";
import { toJsonValue } from "../../base/json.ts";
import { canonicalRef } from "../../catalog/ref.ts";
import {
  defineAction,
  type ActionContext,
  type HttpRequest,
  type Notification,
} from "../action.ts";
import { textOf } from "./roadie-file-actions.ts";

const texts = z.record(z.string(), z.coerce.string()).optional();

const httpInput = z.object({
  path: z.string(),
  method: z.enum(["GET", "HEAD", "OPTIONS", "POST", "UPDATE", "DELETE", "PUT", "PATCH"]),
  headers: texts,
  params: texts,
  body: z.unknown().optional(),
  logRequestPath: z.boolean().optional(),
  continueOnBadResponse: z.boolean().optional(),
  timeout: z.number().positive().max(600_000).optional(),
});

/** Asks an HTTP API of an allowed host. @see https://roadie.io/docs/scaffolder/http-request/ */
export const httpRequest = defineAction({
  id: "http:backstage:request",
  description:
    "Sends a request to a host that the operator allows; its outputs are `code`, `headers` and `body`.",
  input: httpInput,
  supportsDryRun: false,
  exampleOutput: () => ({ code: 200, headers: {}, body: {} }),
  async run(input, context) {
    if (context.http === undefined) throw noHosts();
    const { method, path } = input;
    if (input.logRequestPath !== false) context.log(`${method} ${path}`);
    await context.assertCurrent();
    const reply = await context.http.request(requestOf(input), context.signal);
    if (reply.status >= 400 && input.continueOnBadResponse !== true) {
      throw new UpstreamError(
        "http-refused",
        `${method} ${path} was answered with ${reply.status}: ${textOf(reply.body).slice(0, 300)}`,
        {
          isRetryable: false,
          hint: "set continueOnBadResponse: true where such an answer is expected",
        },
      );
    }
    return { code: reply.status, headers: reply.headers, body: reply.body };
  },
});

function requestOf(input: z.infer<typeof httpInput>): HttpRequest {
  const { headers = {}, params = {}, body, path, method } = input;
  const request = { method, path, params, headers, timeoutMs: input.timeout ?? 60_000 };
  if (body === undefined) return request;
  if (typeof body === "string") return { ...request, body };
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  return {
    ...request,
    headers: hasType ? headers : { ...headers, "content-type": "application/json" },
    body: JSON.stringify(toJsonValue(body)),
  };
}

function noHosts(): ForbiddenError {
  return new ForbiddenError(
    "http-host-not-allowed",
    "Templates may not send requests: no host is allowed.",
    {
      hint: "whoever runs Callboard can name hosts under scaffolder.http.allowedHosts",
    },
  );
}

/** Tells people something. */
export const notificationSend = defineAction({
  id: "notification:send",
  description: "Tells people something: in Slack where they can be found, in the run's log always.",
  input: z.object({
    recipients: z.enum(["broadcast", "entity"]),
    entityRefs: z.array(z.string()).optional(),
    title: z.string(),
    info: z.string().optional(),
    description: z.string().optional(),
    link: z.string().optional(),
    severity: z.enum(["critical", "high", "normal", "low"]).optional(),
    scope: z.string().optional(),
    topic: z.string().optional(),
    optional: z.boolean().optional(),
  }),
  supportsDryRun: true,
  async run(input, context) {
    const description = input.info ?? input.description;
    const entityRefs = (input.entityRefs ?? []).map(
      (ref) => canonicalRef(ref, { defaultKind: "Group" }) ?? ref,
    );
    if (input.recipients === "entity" && entityRefs.length === 0) {
      if (input.optional === true) return {};
      throw new InputError(
        "step-input-invalid",
        "entityRefs must name somebody when recipients is entity",
      );
    }
    const notification: Notification = {
      entityRefs: input.recipients === "entity" ? entityRefs : [],
      title: input.title,
      severity: input.severity ?? "normal",
      ...(description === undefined ? {} : { description }),
      ...(input.link === undefined ? {} : { link: input.link }),
    };
    await tell(notification, context);
    return {};
  },
});

async function tell(notification: Notification, context: ActionContext): Promise<void> {
  const { title, description, link, entityRefs } = notification;
  const whom = entityRefs.length === 0 ? "" : ` (to ${entityRefs.join(", ")})`;
  const parts = [title, description, link].filter((part) => part !== undefined);
  context.log(`notification${whom}: ${parts.join(" – ")}`);
  if (context.isDryRun || context.notify === undefined) return;
  // A repeat after a crash must not tell people twice.
  if ((await context.notes.get("notified")) !== undefined) return;
  await context.assertCurrent();
  await context.notes.set("notified", "yes");
  await context.notify(notification);
}
