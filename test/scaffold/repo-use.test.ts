import { expect, test } from "@jest/globals";

import { repoUse } from "../../src/scaffold/repo-use.ts";

const step = (action: string, repoUrl: string, condition?: string) => ({
  id: "s",
  name: "s",
  action,
  input: { repoUrl },
  ...(condition === undefined ? {} : { if: condition }),
});
const field = "${{ parameters.repoUrl }}";

test.each([
  ["new", [step("publish:github", field)]],
  ["new", [step("github:repo:create", field), step("publish:github:pull-request", field)]],
  ["existing", [step("publish:github:pull-request", field)]],
  ["existing", [step("github:issues:create", "${{parameters . repoUrl}}")]],
  [undefined, [step("publish:github", field, "${{ parameters.isNew }}")]],
  [undefined, [step("publish:github", "${{ parameters.repoUrlOther }}")]],
  [undefined, [step("publish:github", "${{ parameters.repoUrl.other }}")]],
  [undefined, [step("fetch:template", field)]],
])("a repository field is for a repository that is %s", (use, steps) => {
  expect(repoUse({ steps }, ["repoUrl"])).toBe(use);
});
