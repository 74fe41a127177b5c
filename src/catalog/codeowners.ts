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
  /** GitLab's `!pattern`: the section leaves such paths to nobody, whatever else it says. */
  isExclusion: boolean;
  /** From 1. */
  line: number;
}

/** Rules under one heading; GitLab asks every section, GitHub knows only one without a name. */
interface CodeownersSection {
  name?: string;
  /** GitLab's `^[Name]`: its owners need not approve. */
  isOptional: boolean;
  /** GitLab's `[Name][2]`: so many of its owners must approve. */
  approvals?: number;
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
  /** Of GitLab, where the rule stands under a heading. */
  section?: string;
  isOptional?: boolean;
  approvals?: number;
}

/** Where hosts look for the file, in order: the first that exists counts. */
export const codeownersPaths: Record<CodeownersDialect, readonly string[]> = {
  github: [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"],
  gitlab: ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"],
};

/** Whose rules a file follows that does not stand on its host: only GitLab's have headings, which GitHub would skip. */
export function dialectOf(text: string): CodeownersDialect {
  const lines = text.slice(0, maxLength).split(/\r\n|\r|\n/);
  return lines.some((line) => parseHeading(line) !== undefined) ? "gitlab" : "github";
}

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
    const fix = "shorten it, with patterns for whole folders";
    diagnostics.push(faultAt(file, 1, "codeowners-too-large", message, fix));
    return { codeowners: { file, sections: [] }, diagnostics };
  }
  let section = sections.get("");
  let defaults: string[] = [];
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = index + 1;
    const words = splitWords(raw);
    const report: Report = (code, message, fix) =>
      void diagnostics.push(faultAt(file, line, code, message, fix));
    const heading = dialect === "gitlab" ? parseHeading(raw) : undefined;
    if (heading !== undefined) {
      ({ section, defaults } = enterSection(sections, heading));
      continue;
    }
    const rule = parseRule(words, line, dialect, report);
    if (rule === undefined) continue;
    const owners = rule.owners.length === 0 && !rule.isExclusion ? defaults : rule.owners;
    section?.rules.push({ ...rule, owners });
  }
  return { codeowners: { file, sections: [...sections.values()] }, diagnostics };
}

/** Who owns `path` (relative to the repository): the last rule that matches, in each section. Rules that reset give nothing. */
export function ownersOfPath(codeowners: Codeowners, path: string): PathOwners[] {
  return codeowners.sections.flatMap(({ rules, ...section }) => {
    const matching = rules.filter(({ pattern }) => matchesPath(pattern, path));
    const rule = matching.at(-1);
    if (rule === undefined || matching.some(({ isExclusion }) => isExclusion)) return [];
    const { owners, line } = rule;
    return owners.length === 0 ? [] : [{ owners, line, ...termsOf(section) }];
  });
}

function termsOf({ name, isOptional, approvals }: Omit<CodeownersSection, "rules">) {
  if (name === undefined) return {};
  return { section: name, isOptional, ...(approvals === undefined ? {} : { approvals }) };
}

interface Heading {
  name: string;
  isOptional: boolean;
  approvals: number | undefined;
  owners: string[];
}

/** `^[Name][2] @default-owner`, GitLab's heading of a section. */
function parseHeading(raw: string): Heading | undefined {
  // an optional caret, the name, an optional number of approvals, default owners
  const match = /^\s*(\^)?\[([^\]]+)\](?:\[(\d+)\])?(?:\s+(.*))?$/.exec(raw);
  const [, caret, name, number, owners = ""] = match ?? [];
  if (name === undefined) return undefined;
  return {
    name: name.trim(),
    isOptional: caret !== undefined,
    approvals: number === undefined ? undefined : Number(number),
    owners: splitWords(owners),
  };
}

/** Sections of the same name, in any letter case, are one: the stricter heading counts. */
function enterSection(sections: Map<string, CodeownersSection>, heading: Heading) {
  const key = heading.name.toLowerCase();
  const before = sections.get(key);
  const section = before ?? { name: heading.name, isOptional: true, rules: [] };
  sections.set(key, section);
  section.isOptional &&= heading.isOptional;
  if (heading.approvals !== undefined)
    section.approvals = Math.max(heading.approvals, section.approvals ?? 0);
  return { section, defaults: heading.owners.filter(isOwner) };
}

type Report = (code: string, message: string, fix: string) => void;

function parseRule(
  words: readonly string[],
  line: number,
  dialect: CodeownersDialect,
  report: Report,
): CodeownersRule | undefined {
  const [first, ...owners] = words;
  if (first === undefined) return undefined;
  if (/^(?:<{7}|={7}|>{7}|\|{7})/.test(first)) {
    const fix = "keep the lines that count and delete the marks";
    report("codeowners-conflict", "a conflict of a merge was left in the file", fix);
    return undefined;
  }
  // @org/team or @login where a path belongs, followed by another owner or nothing
  if (isOwner(first) && owners.every(isOwner)) {
    const fix = `write the path first, as in “* ${first}”`;
    report("codeowners-pattern-missing", `the line has owners (${first}) but no path`, fix);
    return undefined;
  }
  const isExclusion = dialect === "gitlab" && first.startsWith("!");
  const pattern = parsePattern(isExclusion ? first.slice(1) : first, dialect);
  if (pattern === undefined) {
    const message = `“${first}” is no pattern that ${hostNames[dialect]} accepts; the line is skipped`;
    report("codeowners-pattern-invalid", message, patternHint[dialect]);
    return undefined;
  }
  const sound = soundOwners(owners, dialect, report);
  return sound === undefined
    ? undefined
    : { pattern, text: first, owners: sound, isExclusion, line };
}

const hostNames = { github: "GitHub", gitlab: "GitLab" };
const patternHint = {
  github: "write a path with * or **; GitHub knows neither ! nor [ ]",
  gitlab: "write a path with * or **",
};

/** GitHub skips a line with a wrong owner, GitLab only the owner; undefined when the line counts for nothing. */
function soundOwners(
  owners: readonly string[],
  dialect: CodeownersDialect,
  report: Report,
): string[] | undefined {
  const sound = owners.filter(isOwner);
  const wrong = owners.find((owner) => !isOwner(owner));
  if (wrong === undefined) return sound;
  const isSkipped = dialect === "github" || sound.length === 0;
  const message = `“${wrong}” is no owner; expected @login, @org/team or an e-mail address`;
  const fix = `correct or delete it; ${hostNames[dialect]} skips ${isSkipped ? "the line" : "it"}`;
  report("codeowners-owner-invalid", message, fix);
  return isSkipped ? undefined : sound;
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
  fix: string,
): Diagnostic {
  return { file, line, column: 1, severity: "warning", code, message, fix };
}
