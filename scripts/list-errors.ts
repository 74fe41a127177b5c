import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One place where an expected error is made. */
interface MadeError {
  code: string;
  errorClass: string;
  message: string;
}

const exits: Record<string, string> = {
  InputError: "400 / 2",
  NotFoundError: "404 / 1",
  ForbiddenError: "403 / 1",
  ConflictError: "409 / 1",
  UpstreamError: "502 / 1",
};

/** `docs/errors.md`: every stable code, found in the sources themselves. */
export function renderErrors(sourceDir: string): string {
  const byCode = new Map<string, MadeError>();
  for (const file of sourceFiles(sourceDir)) {
    for (const made of errorsIn(readFileSync(file, "utf8"))) {
      if (!byCode.has(made.code)) byCode.set(made.code, made);
    }
  }
  const rows = [...byCode.values()]
    .toSorted((a, b) => (a.code < b.code ? -1 : 1))
    .map(
      (made) =>
        `| \`${made.code}\` | ${made.errorClass} | ${exits[made.errorClass] ?? ""} | ${made.message} |`,
    );
  return [
    "# Errors",
    "",
    "Every error that a person can meet has a stable code. Generated from the sources by `npm run docs`; a test keeps the two equal.",
    "Findings in files (`callboard check`) have codes of their own, listed in [catalog.md](catalog.md).",
    "",
    "| code | class | HTTP / exit | says |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function sourceFiles(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

function errorsIn(source: string): MadeError[] {
  // new InputError("code", "message" or `message`
  const made =
    /new (InputError|NotFoundError|ForbiddenError|ConflictError|UpstreamError)\(\s*"([a-z0-9-]+)",\s*(?:"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)?/g;
  return [...source.matchAll(made)].map(([, errorClass = "", code = "", plain, template]) => ({
    code,
    errorClass,
    message: (plain ?? template ?? "")
      .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "…")
      .replaceAll("|", "\\|")
      .replaceAll("\\n", " "),
  }));
}
