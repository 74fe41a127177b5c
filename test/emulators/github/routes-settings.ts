import { isRecord } from "../../../src/base/json.ts";
import { invalid, noContent, notFound, ok, problem, type Reply } from "./replies.ts";
import { type Call, type Handler, list, param, record, text } from "./router.ts";
import { repositoryOf } from "./routes-repositories.ts";
import { nodeId, repositoryUrl } from "./shapes.ts";
import { fullName, type Repository } from "./world.ts";

/** Protection, webhooks, keys, autolinks, pages, environments, variables and secrets. */
export const settingsRoutes: Record<string, Handler> = {
  "PUT /repos/{owner}/{repo}/branches/{branch}/protection": async (call) => {
    const repository = repositoryOf(call);
    const branch = param(call, "branch");
    if ((await repository.git.resolve(`refs/heads/${branch}`)) === undefined)
      return problem(404, "Branch not found");
    repository.protection.set(branch, call.body);
    return ok(protectionShape(call, repository, branch));
  },
  "GET /repos/{owner}/{repo}/branches/{branch}/protection": (call) => {
    const repository = repositoryOf(call);
    const branch = param(call, "branch");
    if (!repository.protection.has(branch)) return problem(404, "Branch not protected");
    return ok(protectionShape(call, repository, branch));
  },
  "POST /repos/{owner}/{repo}/branches/{branch}/protection/required_signatures": (call) => {
    const repository = repositoryOf(call);
    const branch = param(call, "branch");
    if (!repository.protection.has(branch)) throw notFound();
    repository.signedBranches.add(branch);
    const url = `${repositoryUrl(call.world, repository)}/branches/${branch}/protection/required_signatures`;
    return ok({ url, enabled: true });
  },
  "GET /repos/{owner}/{repo}/hooks": (call) => ok(repositoryOf(call).hooks),
  "POST /repos/{owner}/{repo}/hooks": createHook,
  "GET /repos/{owner}/{repo}/keys": (call) => ok(repositoryOf(call).keys),
  "POST /repos/{owner}/{repo}/keys": (call) => {
    const repository = repositoryOf(call);
    const key = text(call.body, "key") ?? "";
    if (!/^(ssh|ecdsa)-\S+ \S+/.test(key))
      throw refuse("key", "key is invalid. You must supply a key in OpenSSH public key format");
    if (repository.keys.some((known) => known["key"] === key))
      throw refuse("key", "key is already in use");
    const id = call.world.nextId();
    const shape = {
      id,
      key,
      url: `${repositoryUrl(call.world, repository)}/keys/${id}`,
      title: text(call.body, "title") ?? "",
      verified: true,
      created_at: call.world.now(),
      read_only: call.body["read_only"] === true,
    };
    repository.keys.push(shape);
    return ok(shape, 201);
  },
  "GET /repos/{owner}/{repo}/autolinks": (call) => ok(repositoryOf(call).autolinks),
  "POST /repos/{owner}/{repo}/autolinks": (call) => {
    const repository = repositoryOf(call);
    const prefix = text(call.body, "key_prefix") ?? "";
    if (repository.autolinks.some((known) => known["key_prefix"] === prefix))
      throw invalid("Validation Failed", [
        { resource: "KeyLink", code: "already_exists", field: "key_prefix" },
      ]);
    const shape = {
      id: call.world.nextId(),
      key_prefix: prefix,
      url_template: text(call.body, "url_template"),
      is_alphanumeric: call.body["is_alphanumeric"] !== false,
    };
    repository.autolinks.push(shape);
    return ok(shape, 201);
  },
  "GET /repos/{owner}/{repo}/pages": (call) => {
    const { pages } = repositoryOf(call);
    if (pages === undefined) throw notFound();
    return ok(pages);
  },
  "POST /repos/{owner}/{repo}/pages": (call) => {
    const repository = repositoryOf(call);
    if (repository.pages !== undefined) return problem(409, "GitHub Pages is already enabled.");
    repository.pages = {
      url: `${repositoryUrl(call.world, repository)}/pages`,
      status: null,
      cname: null,
      custom_404: false,
      public: true,
      build_type: text(call.body, "build_type") ?? "legacy",
      ...(call.body["source"] === undefined ? {} : { source: call.body["source"] }),
    };
    return ok(repository.pages, 201);
  },
  "PUT /repos/{owner}/{repo}/environments/{environment_name}": (call) => {
    const repository = repositoryOf(call);
    const name = param(call, "environment_name");
    repository.environments.set(name, call.body);
    return ok(environmentShape(call, repository, name));
  },
  "GET /repos/{owner}/{repo}/environments/{environment_name}": (call) => {
    const repository = repositoryOf(call);
    const name = param(call, "environment_name");
    if (!repository.environments.has(name)) throw notFound();
    return ok(environmentShape(call, repository, name));
  },
  "POST /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies": (
    call,
  ) => {
    const repository = repositoryOf(call);
    const name = `${param(call, "environment_name")}/${text(call.body, "type") ?? "branch"}/${text(call.body, "name") ?? ""}`;
    // GitHub answers 303 with the existing policy.
    const status = repository.puts.has(name) ? 303 : 200;
    repository.puts.set(name, call.body);
    return ok({ id: call.world.nextId(), name: text(call.body, "name") }, status);
  },
  ...variableRoutes("/repos/{owner}/{repo}/actions"),
  ...variableRoutes("/repos/{owner}/{repo}/environments/{environment_name}"),
  "PUT /repos/{owner}/{repo}/subscription": (call) => keep(call, "subscription"),
  "PUT /repos/{owner}/{repo}/actions/oidc/customization/sub": (call) => keep(call, "oidc", 201),
  "PUT /repos/{owner}/{repo}/actions/permissions/access": (call) => keep(call, "access", 204),
};

function refuse(field: string, message: string): Error {
  return invalid("Validation Failed", [{ resource: "PublicKey", code: "custom", field, message }]);
}

function keep(call: Call, name: string, status = 200): Reply {
  repositoryOf(call).puts.set(name, call.body);
  return status === 204 ? noContent : ok({}, status);
}

function variableKey(call: Call, name: string): string {
  const environment = call.params["environment_name"];
  return environment === undefined ? name : `${environment}/${name}`;
}

function variableRoutes(scope: string): Record<string, Handler> {
  return {
    [`POST ${scope}/variables`]: (call) => {
      const repository = repositoryOf(call);
      const key = variableKey(call, text(call.body, "name") ?? "");
      if (repository.variables.has(key)) return problem(409, "Variable already exists");
      repository.variables.set(key, text(call.body, "value") ?? "");
      return ok({}, 201);
    },
    [`PATCH ${scope}/variables/{name}`]: (call) => {
      const repository = repositoryOf(call);
      repository.variables.set(
        variableKey(call, param(call, "name")),
        text(call.body, "value") ?? "",
      );
      return noContent;
    },
    [`GET ${scope}/secrets/public-key`]: async (call) => {
      repositoryOf(call);
      const { publicKey } = await sealingKey();
      return ok({ key_id: "1", key: Buffer.from(publicKey).toString("base64") });
    },
    [`PUT ${scope}/secrets/{secret_name}`]: async (call) => {
      const repository = repositoryOf(call);
      const { open } = await sealingKey();
      const sealed = Buffer.from(text(call.body, "encrypted_value") ?? "", "base64");
      const plain = open(sealed);
      const key = variableKey(call, param(call, "secret_name"));
      const isNew = !repository.secrets.has(key);
      repository.secrets.set(key, Buffer.from(plain).toString());
      return isNew ? ok({}, 201) : noContent;
    },
  };
}

interface SealingKey {
  publicKey: Uint8Array;
  open: (sealed: Uint8Array) => Uint8Array;
}

let sealing: Promise<SealingKey> | undefined;

/** The key that secrets are sealed for; one for all emulations of the process. */
function sealingKey(): Promise<SealingKey> {
  sealing ??= import("libsodium-wrappers").then(async ({ default: sodium }) => {
    await sodium.ready;
    const { publicKey, privateKey } = sodium.crypto_box_keypair();
    const open = (sealed: Uint8Array): Uint8Array =>
      sodium.crypto_box_seal_open(sealed, publicKey, privateKey);
    return { publicKey, open };
  });
  return sealing;
}

function protectionShape(
  call: Call,
  repository: Repository,
  branch: string,
): Record<string, unknown> {
  const url = `${repositoryUrl(call.world, repository)}/branches/${branch}/protection`;
  const body = repository.protection.get(branch) ?? {};
  const checks = body["required_status_checks"];
  const reviews = body["required_pull_request_reviews"];
  return {
    url,
    ...(isRecord(checks)
      ? {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            contexts_url: `${url}/required_status_checks/contexts`,
            strict: checks["strict"],
            contexts: checks["contexts"],
            checks: [],
          },
        }
      : {}),
    ...(isRecord(reviews)
      ? {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            required_approving_review_count: reviews["required_approving_review_count"],
          },
        }
      : {}),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: body["enforce_admins"] === true },
  };
}

function createHook(call: Call): Reply {
  const repository = repositoryOf(call);
  const config = record(call.body["config"]);
  const events = list(call.body, "events");
  const isKnown = repository.hooks.some((hook) => record(hook["config"])["url"] === config["url"]);
  if (isKnown)
    throw invalid("Validation Failed", [
      { resource: "Hook", code: "custom", message: "Hook already exists on this repository" },
    ]);
  const id = call.world.nextId();
  const url = `${repositoryUrl(call.world, repository)}/hooks/${id}`;
  const hook = {
    id,
    type: "Repository",
    name: "web",
    active: call.body["active"] !== false,
    events: events.length === 0 ? ["push"] : events,
    config: { ...config, ...(config["secret"] === undefined ? {} : { secret: "********" }) },
    url,
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    created_at: call.world.now(),
    updated_at: call.world.now(),
    last_response: { code: null, status: "unused", message: null },
  };
  repository.hooks.push(hook);
  return ok(hook, 201);
}

function environmentShape(
  call: Call,
  repository: Repository,
  name: string,
): Record<string, unknown> {
  return {
    id: 1,
    node_id: nodeId("Environment", name),
    name,
    url: `${repositoryUrl(call.world, repository)}/environments/${encodeURIComponent(name)}`,
    html_url: `${call.world.webUrl}/${fullName(repository)}/deployments`,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
  };
}
