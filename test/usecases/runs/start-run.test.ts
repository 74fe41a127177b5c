import { expect, test } from "@jest/globals";

import { ForbiddenError } from "../../../src/base/errors.ts";
import { buildForm } from "../../../src/scaffold/build-form.ts";
import { startRun, type StartRunDeps } from "../../../src/usecases/runs/start-run.ts";
import { withSecretsAgain } from "../../../src/usecases/secrets/run-secrets.ts";
import { sampleRun, sampleTemplate } from "../../helpers/fake-services.ts";

const refused = new ForbiddenError("policy-denied", "you may not");
const never = async (): Promise<never> => {
  throw new Error("must not be called");
};
const secrets = { id: "s1", fields: [] };
const requester = { name: "Dario", slackUserId: "U0DARIOCO1" };

test("of somebody who may not start a template no secret is taken, no name is held and nothing is stored", async () => {
  const template = sampleTemplate("node-service", []);
  const deps: StartRunDeps = {
    findTemplate: () => ({ template, form: buildForm(template) }),
    assertMayStart() {
      throw refused;
    },
    acceptSecrets: never,
    keepSecrets: never,
    complete: (_form, values) => values,
    validate: () => [],
    namesOf: () => ["github.com/acme/ledger"],
    names: { reserve: never, release: never },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing of it may be used
    runs: { get: never, create: never } as unknown as StartRunDeps["runs"],
    jobs: { add: never },
    clock: () => 0,
  };
  const request = { requestKey: "k", templateRef: template.ref, values: {}, requester, secrets };

  await expect(startRun(request, deps)).rejects.toBe(refused);
});

test("of somebody who may not retry a run no secret is taken", async () => {
  const run = sampleRun({ status: "failed" });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing of it may be used
  const service = { keepForRun: never, resolve: never, erase: never } as unknown as Parameters<
    typeof withSecretsAgain
  >[0]["service"];

  const retrying = withSecretsAgain({ runs: { get: async () => run }, service }, run.id, secrets, {
    assertMay() {
      throw refused;
    },
    retry: never,
  });

  await expect(retrying).rejects.toBe(refused);
});
