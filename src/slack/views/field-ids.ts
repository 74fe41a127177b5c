import { createHash } from "node:crypto";

/** Which input of a field a block is: repositories are asked for in two or three. */
export type FieldPart = "" | "host" | "owner" | "name" | "secret" | "entry";

/** The id of a field's block: the same each time the page is drawn, so that Slack keeps what was typed. */
export function fieldBlockId(page: number, key: string, part: FieldPart = ""): string {
  const id = `${page}:${part}:${key}`;
  return id.length <= 200
    ? id
    : `${page}:${part}:~${createHash("sha256").update(key).digest("hex").slice(0, 32)}`;
}
