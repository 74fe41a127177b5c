import { createHash } from "node:crypto";

import express, { type Request, type Response } from "express";

import { CallboardError, toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { SecretService } from "../usecases/secrets/secret-service.ts";

export interface SecretPageOptions {
  secrets: Pick<SecretService, "look" | "enter">;
  logger: Logger;
}

const statuses: Record<string, number> = {
  "secret-link-invalid": 404,
  "secret-link-expired": 410,
  "secret-link-used": 410,
  "secret-form-sent": 410,
  "secret-value-invalid": 400,
};

/**
 * The page on which one secret is entered: `GET /secrets/<ticket>` shows it (as often as a scanner of links likes), `POST` takes one
 * value and uses the link up. It works without JavaScript; nothing of it is cached, framed, indexed or told to other sites.
 */
export function createSecretPage({ secrets, logger }: SecretPageOptions): express.Router {
  const router = express.Router();
  const answer =
    (work: (request: Request, response: Response) => Promise<void>) =>
    async (request: Request, response: Response): Promise<void> => {
      response.set(headers);
      try {
        await work(request, response);
      } catch (thrown) {
        sendFailure(thrown, response, logger);
      }
    };
  router.get(
    "/secrets/:ticket",
    answer(async (request, response) => {
      const place = await secrets.look(ticketOf(request));
      send(response, 200, formPage(place.label, place.templateTitle));
    }),
  );
  router.post(
    "/secrets/:ticket",
    express.urlencoded({ extended: false, limit: "128kb", parameterLimit: 4 }),
    answer(async (request, response) => {
      if (isFromElsewhere(request)) {
        send(response, 403, messagePage("Refused", "This was sent by another site."));
        return;
      }
      const place = await secrets.enter(ticketOf(request), valueOf(request.body));
      send(
        response,
        200,
        messagePage("Stored", `“${place.label}” is stored. Close this page and go on in Slack.`),
      );
    }),
  );
  // what express itself refuses, such as a body that is too long; the path is not logged, as it holds the link
  router.use("/secrets", ((thrown, _request, response, _next) => {
    response.set(headers);
    sendFailure(thrown, response, logger);
  }) satisfies express.ErrorRequestHandler);
  return router;
}

function ticketOf(request: Request): string {
  return String(request.params["ticket"] ?? "");
}

/** One line or several; browsers send line ends as on Windows. */
function valueOf(body: unknown): string {
  if (typeof body !== "object" || body === null) return "";
  const texts = ["value", "lines"].map((name) => {
    const text: unknown = Reflect.get(body, name);
    return typeof text === "string" ? text.replaceAll("\r\n", "\n") : "";
  });
  return texts.find((text) => text !== "") ?? "";
}

/** Browsers say where a form was sent from. The link alone is what nobody can guess; this is a second lock. */
function isFromElsewhere(request: Request): boolean {
  const site = request.get("sec-fetch-site");
  return site !== undefined && site !== "same-origin" && site !== "none";
}

function sendFailure(thrown: unknown, response: Response, logger: Logger): void {
  if (thrown instanceof CallboardError) {
    const hint = thrown.hint === undefined ? "" : ` What to do: ${thrown.hint}.`;
    const status = statuses[thrown.code] ?? 400;
    send(response, status, messagePage("Not stored", `${thrown.message}${hint}`));
    return;
  }
  if (isTooLarge(thrown)) {
    send(response, 413, messagePage("Not stored", "The value is too long."));
    return;
  }
  logger.error({ error: toError(thrown).name }, "the page for secrets failed");
  send(response, 500, messagePage("Not stored", "Something went wrong. Try the link again."));
}

/** As the reader of bodies says it. */
function isTooLarge(thrown: unknown): boolean {
  return thrown instanceof Error && "status" in thrown && thrown.status === 413;
}

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 0 }
main { max-width: 34rem; margin: 8vh auto; padding: 0 1rem }
h1 { font-size: 1.5rem; line-height: 1.2 }
input, textarea, button { font: inherit; padding: .75rem; width: 100%; box-sizing: border-box; border-radius: .5rem }
input, textarea { border: 1px solid GrayText }
label { display: block; font-weight: 600; margin: 1.25rem 0 .25rem }
summary { padding: .75rem 0; cursor: pointer }
button { margin-top: .5rem; border: 0; background: #0b5c8c; color: #fff; font-weight: 600; cursor: pointer }
:focus-visible { outline: 3px solid #e8912d; outline-offset: 2px }
ul { padding-left: 1.25rem } small { color: GrayText }
@media (min-width: 34rem) { button { width: auto; padding: .75rem 1.5rem } }`;
const styleHash = createHash("sha256").update(style).digest("base64");

const headers = {
  "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "x-robots-tag": "noindex, nofollow",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

function send(response: Response, status: number, body: string): void {
  response.status(status).type("text/html").send(body);
}

function formPage(label: string, templateTitle: string): string {
  return page(
    "Enter a secret",
    `<form method="post" autocomplete="off">
<p>For the template <strong>${escaped(templateTitle)}</strong>, as asked for in Slack.</p>
<ul>
<li>It is kept encrypted, given to this one run only, and erased when the run ends.</li>
<li>It is never shown in Slack; your form there will say that it is stored.</li>
</ul>
<label for="value">${escaped(label)}</label>
<input id="value" name="value" type="password" autocomplete="off" autofocus spellcheck="false">
<details><summary>It has several lines</summary>
<label for="lines">${escaped(label)}, all lines</label>
<textarea id="lines" name="lines" rows="8" autocomplete="off" spellcheck="false"></textarea></details>
<button type="submit">Store it</button>
</form>
<p><small>This page works once, for ten minutes, for the person who pressed the button in Slack. Do not pass its address on.</small></p>`,
  );
}

function messagePage(title: string, text: string): string {
  return page(title, `<p>${escaped(text)}</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)} · Callboard</title><style>${style}</style></head>
<body><main><h1>${escaped(title)}</h1>
${body}
</main></body></html>
`;
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? "");
}
