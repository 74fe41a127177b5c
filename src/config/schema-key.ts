import { z } from "zod";

import { Secret } from "../base/secret.ts";

/** What the reference and `.env.example` print beside a key's description. */
export interface KeyMeta {
  description: string;
  example?: string;
  /** Heading under which the reference lists it. */
  group?: "Slack" | "GitHub" | "Storage" | "Process";
  isSecret?: boolean;
}

/** Meta data of our keys, beside zod's own (which feeds JSON Schema). */
const keyMetas = z.registry<KeyMeta>();

/** Describes a key for people. */
export function key<T extends z.ZodType>(schema: T, meta: KeyMeta): T {
  const described = schema.meta({ description: meta.description });
  keyMetas.add(described, meta);
  return described;
}

/** What the schema says about one of its keys. */
export function keyMeta(schema: z.ZodType): KeyMeta {
  return keyMetas.get(schema) ?? { description: "" };
}

/** A text that is wrapped so that it is never printed. */
export const secret = (
  expected: string,
  pattern = /./,
): z.ZodType<Secret | undefined, string | undefined> =>
  z
    .string()
    .regex(pattern, { error: expected })
    .transform((text) => new Secret(text))
    .optional();

/** An http or https address. */
export const httpUrl = z.url({ protocol: /^https?$/, error: "an http or https address" });
