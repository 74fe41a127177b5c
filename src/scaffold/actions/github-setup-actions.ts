import { z } from "zod";

import { isRecord } from "../../base/json.ts";
import { defineAction } from "../action.ts";
import type {
  GithubAccess,
  GithubCall,
  GithubTarget,
  PublishContext,
} from "../publishers/contract.ts";
import { githubInput, githubWork, passOverExisting } from "./github-needed.ts";
import { publishContext } from "./publish-context.ts";
import { targetOf } from "./publish-github.ts";

/** Has GitHub call an address when something happens in a repository. */
export const githubWebhook = defineAction({
  id: "github:webhook",
  description: "Creates a webhook of a repository on GitHub, or leaves the one with that address.",
  input: z.object({
    ...githubInput,
    webhookUrl: z.url(),
    webhookSecret: z.string().optional(),
    events: z.array(z.string()).optional(),
    active: z.boolean().optional(),
    contentType: z.enum(["form", "json"]).optional(),
    insecureSsl: z.boolean().optional(),
  }),
  supportsDryRun: true,
  async run(input, context) {
    if (context.isDryRun) {
      const { owner, repo } = targetOf(input.repoUrl);
      context.log(`would create a webhook of ${owner}/${repo} to ${input.webhookUrl}`);
      return {};
    }
    const { github, target } = githubWork("github:webhook", input, context);
    const create: GithubCall = {
      route: "POST /repos/{owner}/{repo}/hooks",
      parameters: {
        name: "web",
        active: input.active ?? true,
        events: input.events ?? ["push"],
        config: {
          url: input.webhookUrl,
          content_type: input.contentType ?? "form",
          insecure_ssl: input.insecureSsl === true ? "1" : "0",
          ...(input.webhookSecret === undefined ? {} : { secret: input.webhookSecret }),
        },
      },
      doing: "creating a webhook",
    };
    const isOurs = (hook: Record<string, unknown>): boolean =>
      isRecord(hook["config"]) && hook["config"]["url"] === input.webhookUrl;
    await createUnlessListed({ github, target }, create, isOurs, publishContext(context));
    return {};
  },
});

/** Turns references such as `JIRA-123` into links. */
export const githubAutolinksCreate = defineAction({
  id: "github:autolinks:create",
  description: "Adds an autolink reference to a repository on GitHub.",
  input: z.object({
    ...githubInput,
    keyPrefix: z.string(),
    urlTemplate: z.string(),
    isAlphanumeric: z.boolean().optional(),
  }),
  supportsDryRun: false,
  async run(input, context) {
    const { github, target } = githubWork("github:autolinks:create", input, context);
    const create: GithubCall = {
      route: "POST /repos/{owner}/{repo}/autolinks",
      parameters: {
        key_prefix: input.keyPrefix,
        url_template: input.urlTemplate,
        is_alphanumeric: input.isAlphanumeric ?? true,
      },
      doing: `adding the autolink ${input.keyPrefix}`,
    };
    const isOurs = (link: Record<string, unknown>): boolean =>
      link["key_prefix"] === input.keyPrefix;
    await createUnlessListed({ github, target }, create, isOurs, publishContext(context));
    return {};
  },
});

/** Serves a repository's pages. */
export const githubPagesEnable = defineAction({
  id: "github:pages:enable",
  description: "Turns GitHub Pages on for a repository.",
  input: z.object({
    ...githubInput,
    buildType: z.enum(["legacy", "workflow"]).optional(),
    sourceBranch: z.string().optional(),
    sourcePath: z.enum(["/", "/docs"]).optional(),
  }),
  supportsDryRun: false,
  async run(input, context) {
    const { github, target } = githubWork("github:pages:enable", input, context);
    const call: GithubCall = {
      route: "POST /repos/{owner}/{repo}/pages",
      parameters: {
        build_type: input.buildType ?? "workflow",
        source: { branch: input.sourceBranch ?? "main", path: input.sourcePath ?? "/" },
      },
      doing: "enabling GitHub Pages",
      // A second request finds them enabled.
      isRepeatable: true,
    };
    await github.call(target, call, publishContext(context)).catch(passOverExisting);
    return {};
  },
});

/** Lets a machine read or write a repository by SSH, and gives workflows the private half as a secret. */
export const githubDeployKeyCreate = defineAction({
  id: "github:deployKey:create",
  description:
    "Adds a deploy key to a repository on GitHub and keeps its private half as an Actions secret.",
  input: z.object({
    ...githubInput,
    publicKey: z.string(),
    privateKey: z.string(),
    deployKeyName: z.string(),
    privateKeySecretName: z.string().optional(),
  }),
  supportsDryRun: false,
  exampleOutput: (input) => ({ privateKeySecretName: secretNameOf(input) }),
  async run(input, context) {
    const { github, target } = githubWork("github:deployKey:create", input, context);
    const create: GithubCall = {
      route: "POST /repos/{owner}/{repo}/keys",
      parameters: { title: input.deployKeyName, key: input.publicKey },
      doing: `adding the deploy key ${input.deployKeyName}`,
    };
    const [type, body] = input.publicKey.trim().split(/\s+/);
    // GitHub gives keys back without their comment.
    const isOurs = (key: Record<string, unknown>): boolean =>
      String(key["key"]).startsWith(`${type ?? ""} ${body ?? ""}`);
    await createUnlessListed({ github, target }, create, isOurs, publishContext(context));
    const name = secretNameOf(input);
    const secrets = { [name]: input.privateKey };
    await github.configure(target, { secrets }, publishContext(context));
    return { privateKeySecretName: name };
  },
});

function secretNameOf(input: {
  deployKeyName: string;
  privateKeySecretName?: string | undefined;
}): string {
  const words = input.deployKeyName.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_");
  return input.privateKeySecretName ?? `${words}_PRIVATE_KEY`;
}

/** Looks before it creates, and takes “already exists” for an answer: doing it twice has the effect of once. */
async function createUnlessListed(
  { github, target }: { github: GithubAccess; target: GithubTarget },
  create: GithubCall,
  isOurs: (listed: Record<string, unknown>) => boolean,
  context: PublishContext,
): Promise<void> {
  const list = { route: create.route.replace("POST", "GET"), doing: create.doing };
  const listed = await github.call(target, list, context);
  if (Array.isArray(listed) && listed.some((one) => isRecord(one) && isOurs(one))) return;
  await github.call(target, create, context).catch(passOverExisting);
}
