import type { Logger } from "../base/logger.ts";
import type { Config } from "../config/load.ts";
import { withAllowedOwners } from "../scaffold/publishers/allowed-owners.ts";
import type { Publisher } from "../scaffold/publishers/contract.ts";
import {
  createGithubClient,
  type GithubAuth,
  type GithubClient,
  type GithubClientOptions,
} from "../scaffold/publishers/github/client.ts";
import { githubPublisher } from "../scaffold/publishers/github/github-publisher.ts";
import type { GithubTiming } from "../scaffold/publishers/github/session.ts";
import { localPublisher } from "../scaffold/publishers/local/local-publisher.ts";

/** Where repositories go, and the connection to GitHub where there is one. */
export interface Publishing {
  publisher: Publisher;
  github: GithubClient | undefined;
}

/** Waits on GitHub, where tests shorten them. */
export type GithubTuning = Pick<Partial<GithubClientOptions>, "retryDelayMs" | "timeoutMs"> & {
  timing?: Partial<GithubTiming>;
};

/** GitHub with credentials, else bare repositories in the data folder. */
export function createPublishing(
  config: Config,
  logger: Logger,
  { timing, ...tuning }: GithubTuning = {},
): Publishing {
  const auth = githubAuth(config);
  const { owners } = config.file.scaffolder;
  if (auth === undefined) {
    const local = withAllowedOwners(localPublisher({ dataDir: config.dataDir }), owners);
    return { publisher: local, github: undefined };
  }
  const github = createGithubClient({
    auth,
    baseUrl: config.environment.GITHUB_API_URL,
    logger,
    ...tuning,
  });
  const publisher = githubPublisher({
    client: github,
    ...(timing === undefined ? {} : { timing }),
  });
  return { publisher: withAllowedOwners(publisher, owners), github };
}

function githubAuth({ environment }: Config): GithubAuth | undefined {
  const {
    GITHUB_APP_ID: appId,
    GITHUB_APP_PRIVATE_KEY: privateKey,
    GITHUB_TOKEN: token,
  } = environment;
  if (appId !== undefined && privateKey !== undefined) return { kind: "app", appId, privateKey };
  return token === undefined ? undefined : { kind: "token", token };
}
