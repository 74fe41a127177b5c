import { once } from "node:events";
import { createServer } from "node:http";

import express from "express";

/** A call that somebody made with a token. */
export interface SlackCall {
  method: string;
  /** Without `Bearer`. */
  token: string;
  body: URLSearchParams;
}

/** As much of Slack as the installation of an app in several workspaces needs. */
export interface SlackOAuthEmulator {
  /** Of the Web API, with a slash at its end. */
  apiUrl: string;
  calls: SlackCall[];
  /** The token that a workspace's installation has at the moment. */
  tokenOf(teamId: string): string;
  close(): Promise<void>;
}

interface Installed {
  teamId: string;
  renewals: number;
}

/** Starts it. The page of `oauth/v2/authorize` agrees at once, for the workspace that `team` names. */
export async function startSlackOAuth(options: {
  /** Seconds that tokens live; with it they rotate. */
  expiresInS?: number;
}): Promise<SlackOAuthEmulator> {
  const calls: SlackCall[] = [];
  const installed = new Map<string, Installed>();
  const tokenOf = (teamId: string): string =>
    `xoxb-${teamId}-${installed.get(teamId)?.renewals ?? "none"}`;
  const grant = (teamId: string) => ({
    ok: true,
    app_id: "A1",
    authed_user: { id: "U0INSTALL1" },
    scope: "chat:write",
    token_type: "bot",
    access_token: tokenOf(teamId),
    bot_user_id: `UBOT${teamId}`,
    team: { id: teamId, name: teamId },
    enterprise: null,
    is_enterprise_install: false,
    ...(options.expiresInS === undefined
      ? {}
      : { refresh_token: `xoxe-${teamId}`, expires_in: options.expiresInS }),
  });
  const app = express();
  app.get("/oauth/v2/authorize", (request, response) => {
    const { searchParams } = new URL(request.url, "http://slack.example");
    const next = new URL(searchParams.get("redirect") ?? "");
    next.searchParams.set("code", searchParams.get("team") ?? "");
    next.searchParams.set("state", searchParams.get("state") ?? "");
    response.redirect(next.href);
  });
  app.post("/api/:method", express.text({ type: () => true }), (request, response) => {
    const { method } = request.params;
    const body = new URLSearchParams(String(request.body));
    const token = (request.get("authorization") ?? "").replace("Bearer ", "");
    calls.push({ method, token, body });
    const teamId = /^xoxb-([TE][A-Z]+)-/.exec(token)?.[1] ?? "";
    if (method === "oauth.v2.access") {
      const isRenewal = body.get("grant_type") === "refresh_token";
      const id = isRenewal ? (body.get("refresh_token") ?? "").slice(5) : (body.get("code") ?? "");
      installed.set(id, { teamId: id, renewals: (installed.get(id)?.renewals ?? -1) + 1 });
      response.json(grant(id));
    } else if (token !== tokenOf(teamId)) {
      response.json({ ok: false, error: "token_expired" });
    } else {
      response.json(answers(method, teamId, body));
    }
  });
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    apiUrl: `http://127.0.0.1:${address.port}/api/`,
    calls,
    tokenOf,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function answers(method: string, teamId: string, body: URLSearchParams): Record<string, unknown> {
  const channel = body.get("channel") ?? "D1";
  switch (method) {
    case "auth.test":
      return { ok: true, team_id: teamId, user_id: `UBOT${teamId}`, bot_id: `B${teamId}` };
    case "users.info":
      return { ok: true, user: { id: body.get("user"), name: "ada", profile: {} } };
    case "chat.postMessage":
    case "chat.update":
      return { ok: true, channel, ts: `${Date.now() / 1000}`, message: {} };
    case "conversations.history":
    case "conversations.replies":
      return { ok: true, messages: [] };
    default:
      return { ok: true };
  }
}
