import { parseDocument } from "yaml";

import { assertBoundedYaml } from "../base/bounded-yaml.ts";
import { isRecord } from "../base/json.ts";
import type { FrontMatter, ParsedDocument } from "./document.ts";

/** Longer front matter is not metadata but a mistake. */
const maxFrontMatterLength = 20_000;
const maxValues = 50;

/** Splits YAML front matter (`---` … `---` at the very beginning) from the text below it. */
export function splitFrontMatter(text: string): { yaml: string | undefined; bodyLine: number } {
  const lines = text.split("\n", 1_000);
  if (lines[0]?.trimEnd() !== "---") return { yaml: undefined, bodyLine: 0 };
  const end = lines.findIndex((line, at) => at > 0 && ["---", "..."].includes(line.trimEnd()));
  if (end < 0) return { yaml: undefined, bodyLine: 0 };
  return { yaml: lines.slice(1, end).join("\n"), bodyLine: end + 1 };
}

/** Reads the keys we know from front matter; anything unexpected in it is a problem to report, never an exception. */
export function parseFrontMatter(yaml: string | undefined): {
  frontMatter: FrontMatter;
  problem: ParsedDocument["problem"];
} {
  const nothing: FrontMatter = { entities: [], alerts: [], tags: [] };
  if (yaml === undefined || yaml.trim() === "") return { frontMatter: nothing, problem: undefined };
  if (yaml.length > maxFrontMatterLength)
    return {
      frontMatter: nothing,
      problem: fault(
        1,
        `front matter has ${yaml.length} characters, at most ${maxFrontMatterLength} are read`,
      ),
    };
  try {
    // thousands of open brackets would abort the process inside the YAML library
    assertBoundedYaml(yaml);
    const document = parseDocument(yaml, { logLevel: "silent" });
    const error = document.errors[0];
    if (error !== undefined)
      return {
        frontMatter: nothing,
        problem: fault((error.linePos?.[0].line ?? 0) + 1, firstLine(error.message)),
      };
    return readKeys(document.toJS({ maxAliasCount: 20 }));
  } catch (thrown) {
    const message = thrown instanceof Error ? firstLine(thrown.message) : "cannot be read";
    return { frontMatter: nothing, problem: fault(1, message) };
  }
}

function readKeys(value: unknown): {
  frontMatter: FrontMatter;
  problem: ParsedDocument["problem"];
} {
  if (!isRecord(value))
    return {
      frontMatter: { entities: [], alerts: [], tags: [] },
      problem: fault(
        1,
        "front matter must be a mapping, such as “entity: component:default/payments”",
      ),
    };
  const title = value["title"];
  return {
    frontMatter: {
      ...(typeof title === "string" && title.trim() !== "" ? { title: title.trim() } : {}),
      entities: [...texts(value["entity"]), ...texts(value["entities"])],
      alerts: [...texts(value["alert"]), ...texts(value["alerts"])],
      tags: texts(value["tags"]),
    },
    problem: undefined,
  };
}

/** A string, or a list of strings, or a comma-separated string, as a list. */
function texts(value: unknown): string[] {
  const list = Array.isArray(value) ? value : typeof value === "string" ? value.split(",") : [];
  return list
    .filter((item) => typeof item === "string")
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .slice(0, maxValues);
}

function fault(line: number, message: string): { line: number; code: string; message: string } {
  return { line, code: "document-front-matter", message };
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? message;
}
