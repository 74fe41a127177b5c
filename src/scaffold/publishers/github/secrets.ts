import { isAlreadyThere } from "./errors.ts";
import { type GithubSession, repositoryParameters, untilVisible } from "./session.ts";

/** Sets a variable of GitHub Actions, in the repository or in one of its environments. Repeatable. */
export async function putVariable(
  session: GithubSession,
  name: string,
  value: string,
  environment?: string,
): Promise<void> {
  const { octokit } = session;
  const scope =
    environment === undefined
      ? "/repos/{owner}/{repo}/actions/variables"
      : "/repos/{owner}/{repo}/environments/{environment_name}/variables";
  const parameters = {
    ...repositoryParameters(session),
    ...(environment === undefined ? {} : { environment_name: environment }),
  };
  try {
    await octokit.request(`POST ${scope}`, {
      ...parameters,
      name,
      value,
      request: { signal: session.context.signal, isRepeatable: true },
    });
  } catch (thrown) {
    if (!isAlreadyThere(thrown)) throw thrown;
    await octokit.request(`PATCH ${scope}/{name}`, { ...parameters, name, value });
  }
}

/** Sets a secret of GitHub Actions, sealed for GitHub's key before it leaves the process. Repeatable. */
export async function putSecret(
  session: GithubSession,
  name: string,
  value: string,
  environment?: string,
): Promise<void> {
  const { octokit } = session;
  const scope =
    environment === undefined
      ? "/repos/{owner}/{repo}/actions/secrets"
      : "/repos/{owner}/{repo}/environments/{environment_name}/secrets";
  const parameters = {
    ...repositoryParameters(session),
    ...(environment === undefined ? {} : { environment_name: environment }),
  };
  const { data } = await untilVisible(session, () =>
    octokit.request(`GET ${scope}/public-key`, parameters),
  );
  const { key, key_id } = data as { key: string; key_id: string };
  await octokit.request(`PUT ${scope}/{secret_name}`, {
    ...parameters,
    secret_name: name,
    encrypted_value: await seal(value, key),
    key_id,
  });
}

/**
 * A libsodium sealed box in base64, the only form in which GitHub takes secrets.
 * @see https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api
 */
async function seal(value: string, publicKey: string): Promise<string> {
  // Loaded when first needed: importing it starts WebAssembly.
  const { default: sodium } = await import("libsodium-wrappers");
  await sodium.ready;
  const sealed = sodium.crypto_box_seal(Buffer.from(value), Buffer.from(publicKey, "base64"));
  return Buffer.from(sealed).toString("base64");
}
