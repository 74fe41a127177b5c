import { z } from "zod";

import { httpUrl, key, secret } from "./schema-key.ts";

const vaultPlace = z.strictObject({
  mount: key(z.string().min(1).default("secret"), {
    description: "Where the key-value engine (version 2) is mounted.",
  }),
  path: key(z.string().min(1), {
    description: "Path of the secret in the engine.",
    example: "payments/database",
  }),
  key: key(z.string().min(1), { description: "Which of its values.", example: "password" }),
});

/** `secrets` of the configuration file: what people may name instead of typing a secret. */
export const secretsSchema = z.strictObject({
  references: z
    .array(
      z
        .strictObject({
          name: key(
            z.string().regex(/^[\w.-]{1,60}$/, { error: "letters, digits, “.”, “_”, “-”" }),
            {
              description: "What people choose in a form instead of entering a secret.",
              example: "npm-token",
            },
          ),
          title: key(z.string().min(1).max(70).optional(), {
            description: "How it is shown; default: its name.",
          }),
          templates: key(z.array(z.string().min(1)).optional(), {
            description: "Refs of the templates that may use it; default: all.",
          }),
          value: key(secret("a text"), {
            description: "Its value, from the environment: ${NPM_TOKEN}.",
          }),
          vault: vaultPlace.optional(),
        })
        .refine(({ value, vault }) => (value === undefined) !== (vault === undefined), {
          error: "either value or vault",
        }),
    )
    .default([]),
  vault: z
    .strictObject({
      address: key(httpUrl, {
        description: "Address of a HashiCorp Vault that references are read from.",
        example: "https://vault.acme.example",
      }),
      token: key(secret("a token"), {
        description: "Its token, from the environment: ${VAULT_TOKEN}.",
      }),
      namespace: key(z.string().min(1).optional(), {
        description: "Its namespace, where it has any.",
      }),
    })
    .optional(),
});
