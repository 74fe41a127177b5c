import { expect, test } from "@jest/globals";

import { createRepositoryService } from "../../../src/usecases/runs/check-repository.ts";

function serviceFor(allowedOwners: string[]) {
  const asked: string[] = [];
  const publisher = {
    exists: async (owner: string, repo: string) => asked.push(`${owner}/${repo}`) > 0,
    owners: async () => [],
    branches: async () => [],
  };
  return { asked, service: createRepositoryService({ publisher, allowedOwners, clock: () => 0 }) };
}

test("a name is looked up only with owners that the operator lists, so that nobody learns what there is elsewhere", async () => {
  const { asked, service } = serviceFor(["acme"]);

  const foreign = await service.fault({ host: "github.com", owner: "rival", repo: "x" }, "new");
  const own = await service.fault({ host: "github.com", owner: "Acme", repo: "pay" }, "new");

  expect(foreign).toBeUndefined();
  expect(own).toContain("already taken");
  expect(asked).toEqual(["Acme/pay"]);
});
