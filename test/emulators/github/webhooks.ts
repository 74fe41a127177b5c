import { createHmac, randomUUID } from "node:crypto";

import { nodeId } from "./shapes.ts";
import { fullName, type Repository, type World } from "./world.ts";

/** One delivery of a webhook, as GitHub sends it. */
export interface Delivery {
  event: string;
  payload: unknown;
  /** Default: a new one. */
  id?: string;
}

export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** Sends a signed delivery and resolves with the answer. */
export function deliver(url: string, secret: string, delivery: Delivery): Promise<Response> {
  const body = JSON.stringify(delivery.payload);
  return fetch(url, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/emulated",
      "x-github-delivery": delivery.id ?? randomUUID(),
      "x-github-event": delivery.event,
      "x-hub-signature-256": signatureOf(body, secret),
    },
  });
}

/** What GitHub tells of a repository in every delivery about it. */
export function repositoryPayload(world: World, repository: Repository): Record<string, unknown> {
  const { owner, name } = repository;
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name,
    full_name: fullName(repository),
    owner: { login: owner.login, id: owner.id, type: owner.type },
    html_url: `${world.webUrl}/${fullName(repository)}`,
    default_branch: repository.defaultBranch,
  };
}

/** A push of one commit to the default branch. */
export function pushPayload(
  world: World,
  repository: Repository,
  sha: string,
  changed: readonly string[],
  author = { name: "Mona Lisa", email: "mona@acme.example", username: "mona" },
): Record<string, unknown> {
  const commit = { id: sha, message: "Change", author, added: [], modified: changed, removed: [] };
  return {
    ref: `refs/heads/${repository.defaultBranch}`,
    before: "0".repeat(40),
    after: sha,
    created: false,
    deleted: false,
    forced: false,
    repository: repositoryPayload(world, repository),
    commits: [commit],
    head_commit: commit,
  };
}
