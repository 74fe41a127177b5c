import fs from "node:fs";

import { describe, expect, test } from "@jest/globals";
import { z } from "zod";

import { builtinActions } from "../../../src/scaffold/actions/builtin-actions.ts";
import { sharedPath } from "../../helpers/shared.ts";

interface VectorAction {
  id: string;
  dryRun: boolean;
  inputs: { name: string; required: boolean }[];
}

const file = sharedPath("vectors/actions.json");
const vectors: VectorAction[] = file === undefined ? [] : JSON.parse(fs.readFileSync(file, "utf8"));

const onGithub = vectors.filter(({ id }) => id.includes("github"));

// Without Backstage's list of actions beside the project there is nothing to compare with.
(file === undefined ? describe.skip : describe)("actions for GitHub", () => {
  test("are all there", () => {
    const missing = onGithub.map(({ id }) => id).filter((id) => !builtinActions.has(id));

    expect(missing).toEqual([]);
  });

  test.each(onGithub.map((action) => [action.id, action] as const))(
    "%s takes every input that Backstage's takes, and requires no other",
    (id, vector) => {
      const schema = builtinActions.get(id)?.input;
      const shape: Record<string, unknown> = schema instanceof z.ZodObject ? schema.shape : {};
      const taken = Object.keys(shape);
      const required = taken.filter((name) => {
        const field = shape[name];
        return field instanceof z.ZodType && !field.safeParse(undefined).success;
      });

      expect(vector.inputs.map(({ name }) => name).filter((name) => !taken.includes(name))).toEqual(
        [],
      );
      expect(required.toSorted()).toEqual(
        vector.inputs
          .filter((input) => input.required)
          .map(({ name }) => name)
          .toSorted(),
      );
    },
  );
});
