import { type Request, type Response, Router, json } from "express";
import { z } from "zod";

import { InputError, NotFoundError } from "../base/errors.ts";
import type { Driver } from "./driver.ts";
import { renderChange, renderState } from "./page-state.ts";
import type { ServerParts } from "./server-parts.ts";

/** How often an idle event stream gets a comment, so that nothing between closes it. */
const keepAliveMs = 20_000;

const value = z.union([z.string(), z.number(), z.array(z.string()), z.null()]);
const text = z.string().max(40_000);
const optionalText = text.exactOptional();
const element = z.object({
  user: text,
  channel: optionalText,
  ts: optionalText,
  isHome: z.boolean().exactOptional(),
  actionId: optionalText,
  blockId: optionalText,
  buttonValue: optionalText,
});

type Act = (body: unknown, driver: Driver) => Promise<unknown>;

/** An act with the form of its input. */
function defineAct<T>(input: z.ZodType<T>, run: (input: T, driver: Driver) => unknown): Act {
  return async (body, driver) => {
    const parsed = input.safeParse(body);
    if (parsed.success) return run(parsed.data, driver);
    throw new InputError(
      "playground-act-malformed",
      `The request does not fit: ${z.prettifyError(parsed.error)}.`,
    );
  };
}

const tab = z.object({ user: text, tab: z.enum(["home", "messages"]) });
const acts: Readonly<Record<string, Act>> = {
  slash: defineAct(
    z.object({ user: text, channel: text, command: text, text: optionalText }),
    (input, driver) => driver.slash(input),
  ),
  say: defineAct(
    z.object({ user: text, channel: text, text, threadTs: optionalText }),
    (input, driver) => driver.say(input),
  ),
  click: defineAct(element, (input, driver) => driver.click(input)),
  select: defineAct(element.extend({ value }), (input, driver) => driver.select(input)),
  typeahead: defineAct(element.extend({ value: text }), (input, driver) => driver.typeahead(input)),
  enter: defineAct(
    z.object({
      user: text,
      blockId: text,
      actionId: optionalText,
      value,
      isHome: z.boolean().exactOptional(),
      isSilent: z.boolean().exactOptional(),
    }),
    (input, driver) => driver.enter(input),
  ),
  submit: defineAct(z.object({ user: text, viewId: optionalText }), (input, driver) =>
    driver.submitView(input),
  ),
  close: defineAct(
    z.object({ user: text, isCleared: z.boolean().exactOptional() }),
    (input, driver) => driver.closeView(input),
  ),
  shortcut: defineAct(
    z.object({ user: text, callbackId: text, channel: optionalText, ts: optionalText }),
    (input, driver) => driver.shortcut(input),
  ),
  openTab: defineAct(tab, (input, driver) =>
    input.tab === "home" ? driver.openHome(input.user) : driver.openMessagesTab(input.user),
  ),
  invite: defineAct(z.object({ user: text, channel: text }), (input, driver) =>
    driver.invite(input),
  ),
};

/** The API behind the page: the state of one person's screen, its changes as server-sent events, and what they do. */
export function createPageApi(parts: ServerParts): Router {
  const router = Router();
  router.get("/state", (request, response) => {
    response.set("cache-control", "no-store").json(renderState(userOf(request, parts), parts));
  });
  router.get("/changes", (request, response) => streamChanges(request, response, parts));
  router.get("/journal/:id", (request, response) => {
    const entry = parts.journal.entries.find(({ id }) => String(id) === request.params.id);
    if (entry === undefined) {
      throw new NotFoundError("playground-entry-unknown", "That exchange is no longer kept.");
    }
    response.json(entry);
  });
  // Only JSON is read: a foreign page cannot send it without asking first.
  router.post("/act/:name", json({ limit: "1mb" }), async (request, response) => {
    const { name } = request.params;
    const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
    if (act === undefined) {
      throw new NotFoundError("playground-act-unknown", `There is no act “${name}”.`);
    }
    response.json(await act(request.body, parts.driver));
  });
  return router;
}

function userOf(request: Request, { acts: { workspace } }: ServerParts): string {
  const wanted = request.query["user"];
  const people = [...workspace.people.values()].filter((person) => person.isBot !== true);
  const person = people.find(({ id }) => id === wanted) ?? people[0];
  if (person === undefined) {
    throw new NotFoundError("playground-empty", "There are no people in this workspace.");
  }
  return person.id;
}

function streamChanges(request: Request, response: Response, parts: ServerParts): void {
  const user = userOf(request, parts);
  response.set({ "content-type": "text/event-stream", "cache-control": "no-store" });
  response.flushHeaders();
  response.write(": connected\n\n");
  const unsubscribe = parts.journal.subscribe((change) => {
    const shown = renderChange(change, user, parts);
    if (shown !== undefined) response.write(`data: ${JSON.stringify(shown)}\n\n`);
  });
  const timer = setInterval(() => response.write(": still here\n\n"), keepAliveMs);
  response.on("close", () => {
    clearInterval(timer);
    unsubscribe();
  });
}
