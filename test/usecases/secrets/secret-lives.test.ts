import { randomUUID } from "node:crypto";

import { expect, test } from "@jest/globals";

import { ConflictError } from "../../../src/base/errors.ts";
import { createSealer } from "../../../src/base/sealing.ts";
import { Secret } from "../../../src/base/secret.ts";
import { buildForm } from "../../../src/scaffold/build-form.ts";
import type { Storage } from "../../../src/storage/contract.ts";
import { createRunStore } from "../../../src/usecases/runs/run-store.ts";
import { startRun } from "../../../src/usecases/runs/start-run.ts";
import { acceptSecrets, keepSecrets } from "../../../src/usecases/secrets/run-secrets.ts";
import type { RunSecrets } from "../../../src/usecases/secrets/secret-fields.ts";
import {
  createSecretService,
  type SecretService,
} from "../../../src/usecases/secrets/secret-service.ts";
import { describeEveryStorage } from "../../helpers/every-storage.ts";
import { sampleTemplate } from "../../helpers/fake-services.ts";
import { waitFor } from "../../helpers/wait.ts";

/** Long enough to start a run in, on a machine however slow. */
const draftMs = 4_000;

function serviceOn({ records }: Storage): SecretService {
  return createSecretService({
    records,
    sealer: createSealer(new Secret("7".repeat(32))),
    publicUrl: () => "https://callboard.example.com",
    references: [],
    vault: undefined,
    clock: Date.now,
    newId: randomUUID,
    lives: { draftMs, runMs: 3_600_000 },
  });
}

/** Enters a secret for a form of its own, as a person does. */
async function enter(service: SecretService): Promise<RunSecrets> {
  const formId = randomUUID();
  const url = service.link({
    formId,
    field: "token",
    slackUserId: "U0DARIOCO1",
    label: "Token",
    templateTitle: "Node service",
  });
  await service.enter(url?.split("/secrets/")[1] ?? "", "s3cr3t-hunter2");
  return { id: formId, fields: [{ key: "token", path: ["token"], readAs: "secrets" }] };
}

/** Sends the form; `reserve` may refuse it, as where its name is taken. */
async function send(
  storage: Storage,
  service: SecretService,
  secrets: RunSecrets,
  reserve: () => Promise<void>,
): Promise<unknown> {
  const template = sampleTemplate("node-service", []);
  return await startRun(
    {
      requestKey: secrets.id,
      templateRef: template.ref,
      values: {},
      secrets,
      requester: { name: "Dario", slackUserId: "U0DARIOCO1" },
    },
    {
      findTemplate: () => ({ template, form: buildForm(template) }),
      acceptSecrets: async (request, found) => await acceptSecrets(found, request.secrets, service),
      keepSecrets: async (run) => await keepSecrets(run, service),
      complete: (_form, values) => values,
      validate: () => [],
      namesOf: () => ["github.com/acme/ledger"],
      names: { reserve, release: async () => undefined },
      runs: createRunStore(storage.records, Date.now),
      jobs: { add: async () => undefined },
      clock: Date.now,
    },
  );
}

describeEveryStorage("secrets of a form", (storage) => {
  test("go with the draft when it is never sent, or was refused, and stay when its run was accepted", async () => {
    const service = serviceOn(storage());
    const [left, refused, sent] = [
      await enter(service),
      await enter(service),
      await enter(service),
    ];
    const taken = new ConflictError("name-reserved", "the name is taken");
    const refusing = send(storage(), service, refused, async () => {
      throw taken;
    });
    await expect(refusing).rejects.toBe(taken);
    await send(storage(), service, sent, async () => undefined);

    for (const { id } of [left, refused]) {
      await waitFor("the secrets to be gone", async () => {
        const stored = await storage().records.get("secrets", id);
        return stored === undefined;
      });
    }
    const ids = (await storage().records.list("secrets")).map(({ id }) => id);
    expect(ids).toEqual([sent.id]);
    await expect(service.assertKept(left)).rejects.toMatchObject({ code: "run-secrets-needed" });
    const resolved = await service.resolve(sent, "template:default/x", AbortSignal.timeout(5_000));
    expect(resolved.secrets).toEqual({ token: "s3cr3t-hunter2" });
  }, 60_000);
});
