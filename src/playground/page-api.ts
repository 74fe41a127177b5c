import { type Request, type Response, Router, json } from "express";

import { NotFoundError } from "../base/errors.ts";
import { pageActs, faultPlan } from "./page-acts.ts";
import { renderChange, renderState } from "./page-state.ts";
import { renderTest } from "./recorder.ts";
import type { ServerParts } from "./server-parts.ts";

/** How often an idle event stream gets a comment, so that nothing between closes it. */
const keepAliveMs = 20_000;

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
    const act = Object.hasOwn(pageActs, name) ? pageActs[name] : undefined;
    if (act === undefined) {
      throw new NotFoundError("playground-act-unknown", `There is no act “${name}”.`);
    }
    parts.recorder.act(name, request.body);
    response.json(await act(request.body, parts.driver));
  });
  addFaultRoutes(router, parts);
  router.get("/conversation.test.ts", (_request, response) => {
    response.attachment("conversation.test.ts").type("text/plain");
    response.send(renderTest(parts.recorder.steps));
  });
  return router;
}

/** Planned mishaps: to see, to add and to take back. */
function addFaultRoutes(router: Router, { driver }: ServerParts): void {
  router.get("/faults", (_request, response) => void response.json(driver.faults.pending));
  router.post("/faults", json(), (request, response) => {
    driver.faults.next(faultPlan(request.body));
    response.json(driver.faults.pending);
  });
  router.delete("/faults", (_request, response) => {
    driver.faults.clear();
    response.json([]);
  });
  router.post("/disconnect", json(), (_request, response) => {
    driver.disconnect();
    response.json({});
  });
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
