import { NotFoundError } from "../../base/errors.ts";
import type { Template } from "../../scaffold/model.ts";
import type { RunRecord } from "../runs/run-record.ts";
import { isFinal, type RunStore } from "../runs/run-store.ts";
import { assertSecretsFit, type RunSecrets } from "./secret-fields.ts";
import type { ResolvedSecrets, SecretService } from "./secret-service.ts";

/** A start waits no longer for a vault than Slack waits for us. */
const checkLimitMs = 2_000;

/**
 * Checks the secrets that a run is to be started with against the template. They are kept for the run when it is accepted: those
 * of a form that is refused, and then left, go with its draft.
 * @throws InputError `run-secrets-invalid`, `run-secrets-needed`, and what `resolve` throws.
 */
export async function acceptSecrets(
  template: Template | undefined,
  secrets: RunSecrets | undefined,
  service: SecretService,
): Promise<void> {
  if (template === undefined) throw new NotFoundError("template-unknown", "there is no template");
  if (template.secretsSchema !== undefined) {
    const signal = AbortSignal.timeout(checkLimitMs);
    const given =
      secrets === undefined ? {} : (await service.resolve(secrets, template.ref, signal)).secrets;
    assertSecretsFit(template, given);
  }
  if (secrets !== undefined && secrets.fields.length > 0) await service.assertKept(secrets);
}

/** Keeps the secrets of a run that was accepted for as long as it may take. */
export async function keepSecrets(
  { secrets }: { secrets?: RunSecrets },
  service: SecretService,
): Promise<void> {
  if (secrets !== undefined && secrets.fields.length > 0) await service.keepForRun(secrets);
}

/** The values that a run's steps read. @throws as `SecretService.resolve`. */
export async function resolveSecrets(
  { secrets, templateRef }: RunRecord,
  service: SecretService,
  signal: AbortSignal,
): Promise<ResolvedSecrets> {
  if (secrets === undefined) return { secrets: {}, parameters: [] };
  return service.resolve(secrets, templateRef, signal);
}

/** Erases the secrets of a run that has ended, whatever its end was. */
export async function forgetSecrets(
  run: RunRecord | undefined,
  service: SecretService,
): Promise<void> {
  if (run?.secrets !== undefined && isFinal(run.status)) await service.erase(run.secrets);
}

/** Retries a run with secrets that were entered again; those of the time before are erased. */
export async function withSecretsAgain(
  { runs, service }: { runs: Pick<RunStore, "get">; service: SecretService },
  runId: string,
  secrets: RunSecrets | undefined,
  { assertMay, retry }: { assertMay: (run: RunRecord) => void; retry: () => Promise<RunRecord> },
): Promise<RunRecord> {
  if (secrets === undefined) return await retry();
  const before = await runs.get(runId);
  // nothing is taken from somebody who may not retry
  if (before !== undefined) assertMay(before);
  await acceptSecrets(before?.template, secrets, service);
  const retried = await retry();
  await keepSecrets({ secrets }, service);
  await forgetSecrets(before, service);
  return retried;
}
