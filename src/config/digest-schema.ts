import { z } from "zod";

import { key } from "./schema-key.ts";

const weekdays = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
] as const;

/** The section `digest` of the configuration file. */
export const digestSchema = z.strictObject({
  enabled: key(z.boolean().default(false), {
    description:
      'Teams get a digest in their Slack channel once a week: what was asked about their things, gaps, missing runbooks, findings. A team leaves it with /callboard digest off, or by callboard.dev/digest: "false" at its Group.',
  }),
  weekday: key(
    z
      .enum(weekdays, { error: "a day such as monday" })
      .default("monday")
      .transform((day) => weekdays.indexOf(day)),
    { description: "The day of the digest." },
  ),
  hour: key(z.int().min(0).max(23).default(9), { description: "Its hour, in UTC." }),
});
