import { readFile } from "node:fs/promises";

import { expect, test } from "@jest/globals";
import { parseAllDocuments } from "yaml";

import { isRecord } from "../../src/base/json.ts";
import { sampleColleagues, samplePeople } from "../../src/playground/sample-workspace.ts";

test("everybody in the sample catalog is somebody in the playground, so that no answer shows an id", async () => {
  const text = await readFile(new URL("../../catalog/org/people.yaml", import.meta.url), "utf8");
  const users = parseAllDocuments(text).map((document): unknown => document.toJS());
  const people = [...samplePeople, ...sampleColleagues];

  const known = users.filter(isRecord).map(({ metadata, spec }) => {
    const { name, annotations } = isRecord(metadata) ? metadata : {};
    const { profile } = isRecord(spec) ? spec : {};
    const id = isRecord(annotations) ? annotations["callboard.dev/slack-user"] : undefined;
    const { displayName, email } = isRecord(profile) ? profile : {};
    return { id, name, realName: displayName, email };
  });

  expect(known.length).toBeGreaterThan(20);
  for (const user of known) expect(people).toContainEqual(expect.objectContaining(user));
});
