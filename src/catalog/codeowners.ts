import type { Diagnostic } from "../base/diagnostics.ts";
import {
  type CodeownersDialect,
  matchesPath,
  parsePattern,
  type PathPattern,
} from "./codeowners-match.ts";

/** One line of a CODEOWNERS file. */
interface CodeownersRule {
  pattern: PathPattern;
  /** As written. */
  text: string;
  /** `@login`, `@org/team` or an e-mail address. Empty: whatever matched before is without owners again. */
  owners: string[];
  /** From 1. */
  line: number;
}

/** Rules under one heading; GitLab asks every section, GitHub knows only one without a name. */
interface CodeownersSection {
  name?: string;
  /** GitLab's `^[Name]`: its owners need not approve. */
  isOptional: boolean;
  rules: CodeownersRule[];
}

export interface Codeowners {
  file: string;
  sections: CodeownersSection[];
}

/** Who owns a path, and which line says so. */
export interface PathOwners {
  owners: string[];
  line: number;
  section?: string;
}

/** Where hosts look for the file, in order: the first that exists counts. */
export const codeownersPaths: Record<CodeownersDialect, readonly string[]> = {
  github: [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"],
  gitlab: ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"],
};

/** GitHub ignores larger files. In characters. */
const maxLength = 3 * 1024 * 1024;

/**
 * Reads a CODEOWNERS file. A line that the host would skip gives a diagnostic and is skipped here too. Never throws.
 * @see https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 * @see https://docs.gitlab.com/user/project/codeowners/reference/
 */
export function parseCodeowners(
  text: string,
  file: string,
  dialect: CodeownersDialect = "github",
): { codeowners: Codeowners; diagnostics: Diagnostic[] } {
  const sections = new Map<string, CodeownersSection>([["", { isOptional: false, rules: [] }]]);
  const diagnostics: Diagnostic[] = [];
  if (text.length > maxLength) {
    const message = "the file is larger than 3 MB, GitHub ignores it";
    diagnostics.push(faultAt(file, 1, "codeowners-too-large", message));
    return { codeowners: { file, sections: [] }, diagnostics };
  }
  let section = sections.get("");
  let defaults: string[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = index + 1;
    const words = splitWords(raw);
    const report = (code: string, message: string, fix?: string): void =>
      void diagnostics.push(faultAt(file, line, code, message, fix));
    const heading = dialect === "gitlab" ? parseHeading(raw) : undefined;
    if (heading !== undefined) {
      ({ section, defaults } = enterSection(sections, heading));
      continue;
    }
    const rule = parseRule(words, line, dialect, report);
    if (rule === undefined) continue;
    const owners = rule.owners.length === 0 ? defaults : rule.owners;
    section?.rules.push({ ...rule, owners });
  }
  return { codeowners: { file, sections: [...sections.values()] }, diagnostics };
}

/** Who owns `path` (relative to the repository): the last rule that matches, in each section. Rules that reset give nothing. */
export function ownersOfPath(codeowners: Codeowners, path: string): PathOwners[] {
  return codeowners.sections.flatMap(({ name, rules }) => {
    const rule = rules.findLast(({ pattern }) => matchesPath(pattern, path));
    if (rule === undefined || rule.owners.length === 0) return [];
    const found = { owners: rule.owners, line: rule.line };
    return [name === undefined ? found : { ...found, section: name }];
  });
}

interface Heading {
  name: string;
  isOptional: boolean;
  owners: string[];
}

/** `^[Name][2] @default-owner`, GitLab's heading of a section. */
function parseHeading(raw: string): Heading | undefined {
  // an optional caret, the name, an optional number of approvals, default owners
  const match = /^\s*(\^)?\[([^\]]+)\](?:\[\d+\])?(?:\s+(.*))?$/.exec(raw);
  const [, caret, name, owners = ""] = match ?? [];
  if (name === undefined) return undefined;
  return { name: name.trim(), isOptional: caret !== undefined, owners: splitWords(owners) };
}

/** Sections of the same name, in any letter case, are one. */
function enterSection(sections: Map<string, CodeownersSection>, heading: Heading) {
  const key = heading.name.toLowerCase();
  const { name, isOptional } = heading;
  const section = sections.get(key) ?? { name, isOptional, rules: [] };
  sections.set(key, section);
  return { section, defaults: heading.owners.filter(isOwner) };
}

type Report = (code: string, message: string, fix?: string) => void;

function parseRule(
  words: readonly string[],
  line: number,
  dialect: CodeownersDialect,
  report: Report,
): CodeownersRule | undefined {
  const [first, ...owners] = words;
  if (first === undefined) return undefined;
  if (/^(?:<{7}|={7}|>{7}|\|{7})/.test(first)) {
    report("codeowners-conflict", "a conflict of a merge was left in the file", "resolve it");
    return undefined;
  }
  // @org/team or @login where a path belongs, followed by another owner or nothing
  if (isOwner(first) && owners.every(isOwner)) {
    const fix = `write the path first, as in “* ${first}”`;
    report("codeowners-pattern-missing", `the line has owners (${first}) but no path`, fix);
    return undefined;
  }
  const pattern = parsePattern(first, dialect);
  if (pattern === undefined) {
    report("codeowners-pattern-invalid", `“${first}” is no pattern that ${dialect} accepts`);
    return undefined;
  }
  const wrong = owners.find((owner) => !isOwner(owner));
  if (wrong !== undefined) {
    const message = `“${wrong}” is no owner; expected @login, @org/team or an e-mail address`;
    report("codeowners-owner-invalid", message);
    return undefined;
  }
  return { pattern, text: first, owners, line };
}

/** `@login`, `@org/team` (GitLab: more levels, and roles as `@@maintainers`) or an e-mail address. */
function isOwner(word: string): boolean {
  return /^@@?[\w.-]+(?:\/[\w.-]+)*$/.test(word) || /^[^\s@/]+@[^\s@/]+$/.test(word);
}

/** Words of a line without its comment; `\ ` is a space inside a word. */
function splitWords(raw: string): string[] {
  const words: string[] = [];
  let word = "";
  for (let at = 0; at < raw.length; at += 1) {
    const char = raw.charAt(at);
    const isSpace = char === " " || char === "\t";
    if (char === "#" && word === "") break;
    if (char === "\\" && at + 1 < raw.length) {
      at += 1;
      word += raw.charAt(at);
    } else if (!isSpace) word += char;
    else if (word !== "") {
      words.push(word);
      word = "";
    }
  }
  return word === "" ? words : [...words, word];
}

function faultAt(
  file: string,
  line: number,
  code: string,
  message: string,
  fix?: string,
): Diagnostic {
  const place = { file, line, column: 1, severity: "warning" as const };
  return { ...place, code, message, ...(fix === undefined ? {} : { fix }) };
}
