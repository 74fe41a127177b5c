import { silentLogger } from "../../../src/base/logger.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { Publisher } from "../../../src/scaffold/publishers/contract.ts";
import {
  createGithubClient,
  type GithubClient,
  type GithubClientOptions,
} from "../../../src/scaffold/publishers/github/client.ts";
import { githubPublisher } from "../../../src/scaffold/publishers/github/github-publisher.ts";
import type { GithubTiming } from "../../../src/scaffold/publishers/github/session.ts";
import type { GithubEmulator } from "./emulator.ts";

/** For tests in which something appears late, on a machine however slow. */
export const patientTiming = { lagWindowMs: 5000, settingWindowMs: 5000, lagDelayMs: 5 };

/** Short waits, for tests in which what is missing stays missing. */
export const quickTiming = { lagWindowMs: 150, settingWindowMs: 50, lagDelayMs: 5 };

/** A client for the emulation, with the pacing that real hosts ask for turned off. */
export function connect(
  github: GithubEmulator,
  given: Partial<GithubClientOptions> = {},
): GithubClient {
  return createGithubClient({
    auth: { kind: "token", token: new Secret(github.token) },
    baseUrl: github.url,
    logger: silentLogger,
    isPaced: false,
    retryDelayMs: 5,
    timeoutMs: 20_000,
    ...given,
  });
}

export function publisherFor(
  github: GithubEmulator,
  given: Partial<GithubClientOptions> & { timing?: Partial<GithubTiming> } = {},
): Publisher {
  const { timing, ...options } = given;
  return githubPublisher({
    client: connect(github, options),
    timing: { ...quickTiming, ...timing },
  });
}
