import { z } from "zod";

import { Secret } from "../base/secret.ts";
import { httpUrl, key } from "./schema-key.ts";

/** `scaffolder` of the configuration file: what templates may read, copy from and write to. */
export const scaffolderSchema = z
  .strictObject({
    environment: key(z.record(z.string(), z.string()).default({}), {
      description: "Values that templates read as environment.parameters.<name>.",
    }),
    featureFlags: key(z.array(z.string().min(1)).default([]), {
      description:
        "Feature flags of Backstage that count as on. Pages and fields of templates that name another one are left out.",
    }),
    environmentSecrets: key(
      z
        .record(
          z.string(),
          z.string().transform((value) => new Secret(value)),
        )
        .default({}),
      {
        description:
          "Secrets that every template reads as environment.secrets.<name>, in a step's input and each only: ${NAME} from the environment. Masked in whatever a step says.",
      },
    ),
    http: z
      .strictObject({
        baseUrl: key(httpUrl.optional(), {
          description:
            "Where the paths of http:backstage:request lead, such as a Backstage backend.",
          example: "https://backstage.acme.example/api",
        }),
        allowedHosts: key(z.array(z.string().min(1)).default([]), {
          description: "Other hosts that http:backstage:request may talk to.",
        }),
      })
      .prefault({}),
    fetch: z
      .strictObject({
        repositories: key(
          z
            .array(z.string().regex(/^[^/\s]+\/[^/\s]+$/, { error: "owner/name or owner/*" }))
            .default([]),
          {
            description:
              "Private repositories that templates of other repositories may copy from, `owner/name` or `owner/*`. Their own repository and public ones need no mention.",
            example: "[acme/skeletons]",
          },
        ),
      })
      .prefault({}),
    localRepositories: z
      .array(
        z.strictObject({
          name: key(z.string().regex(/^[^/\s]+\/[^/\s]+$/, { error: "owner/name" }), {
            description:
              "Of a repository that exists from the start when there are no GitHub credentials.",
            example: "acme/requests",
          }),
          from: key(z.string().min(1), {
            description: "Folder with its files, relative to the configuration file.",
          }),
        }),
      )
      .default([]),
    owners: key(
      z
        .array(
          z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$/, {
            error: "the name of an organisation or user",
          }),
        )
        .default([]),
      {
        description:
          "Organisations and users under which repositories are made and changed, whatever a form or a template says. Empty: those that the credentials allow.",
        example: "[acme, acme-labs]",
      },
    ),
    concurrency: key(z.int().min(1).max(50).default(4), {
      description: "How many runs one worker works on at a time.",
    }),
  })
  .prefault({});
