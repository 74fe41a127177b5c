import type { RequestHandler } from "express";

import type { Logger } from "../base/logger.ts";
import type { Config } from "../config/load.ts";
import type { GithubEvent } from "../http/github-event.ts";
import { createGithubWebhook } from "../http/github-webhook.ts";
import { pullRequestTopic } from "../scaffold/actions/wait-actions.ts";
import type { RecordStore } from "../storage/contract.ts";
import type { CatalogHint } from "../usecases/catalog/catalog-hints.ts";
import type { CatalogState } from "./create-catalog.ts";
import type { PushEvent } from "./create-push-feedback.ts";

/** GitHub delivers again what failed within three days. */
const deliveryTtlMs = 3 * 24 * 3_600_000;

/** The receiver of GitHub's webhooks, which tells the catalog what changed. */
export function createWebhook(options: {
  config: Config;
  logger: Logger;
  records: RecordStore;
  catalog: Pick<CatalogState, "tell">;
  onPush: (event: PushEvent) => void;
  /** Told what an event names, to wake runs that wait for it. */
  wake: (topic: string) => Promise<unknown>;
}): RequestHandler {
  const { config, logger, records, catalog, onPush, wake } = options;
  return createGithubWebhook({
    secret: config.environment.GITHUB_WEBHOOK_SECRET,
    logger,
    deliveries: {
      async take(id) {
        const written = { ifVersion: 0, ttlMs: deliveryTtlMs };
        return (await records.put("seen", id, true, written)) !== undefined;
      },
      forget: async (id) => void (await records.delete("seen", id)),
    },
    async onEvent(event) {
      if (event.kind === "pull-request") {
        const { host, owner, name, number } = event;
        await wake(pullRequestTopic(`${host}/${owner}/${name}#${number}`));
        return;
      }
      await catalog.tell(toHint(event));
      if (event.kind === "push") onPush(event);
    },
  });
}

function toHint(event: Exclude<GithubEvent, { kind: "pull-request" }>): CatalogHint {
  const { owner } = event;
  if (event.kind === "people") return { owner };
  const { nodeId } = event;
  if (event.kind === "repository") return { owner, repository: { nodeId } };
  const { branch, isDefaultBranch, headOid } = event;
  return { owner, repository: { nodeId, push: { branch, isDefaultBranch, headOid } } };
}
