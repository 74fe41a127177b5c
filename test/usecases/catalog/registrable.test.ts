import { expect, test } from "@jest/globals";

import { assertRegistrable } from "../../../src/usecases/catalog/registrable.ts";

const url = "https://github.com/acme/x/blob/main/catalog-info.yaml";
const component = "kind: Component\nmetadata: { name: x }\n";

test.each([
  "kind: User\nmetadata: { name: x }",
  "kind: group",
  `${component}---\nkind: Template\n`,
  `: broken [\n---\n${component}---\n{"kind": "USER"}`,
  "a: &k User\nkind: *k",
  '"kind": " Group "',
])("a run may not register %j", (text) => {
  expect(() => assertRegistrable(url, text)).toThrow(
    expect.objectContaining({ code: "catalog-kind-refused" }),
  );
});

test.each([component, "", "- a\n- kind: User", "kind: [User]", "metadata: { kind: User }"])(
  "a run may register %j, which the catalog then judges",
  (text) => {
    expect(() => assertRegistrable(url, text)).not.toThrow();
  },
);
