import { posix } from "node:path";

import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from "yaml";

import { assertBoundedYaml } from "../base/bounded-yaml.ts";

/** A Markdown page that a navigation names. */
export interface NavPage {
  /** Below the folder of documents, such as `ops/restart.md`. */
  path: string;
  /** What the navigation calls it; absent for a bare path. */
  title?: string;
  /** Headings of the navigation that it stands under, outermost first. */
  above: string[];
  /** Of its entry, from 1. */
  line: number;
}

/** What an `mkdocs.yml` says about where documents lie and in which order they are read. */
export interface Mkdocs {
  /** Beside the file, without dots, such as `docs`; empty for the file's own folder. */
  docsDir: string;
  /** In the order of the navigation. */
  pages: NavPage[];
}

/** Longer navigation is generated, and in no order that a person chose. */
const maxPages = 2000;

class MkdocsFault extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/**
 * Reads `docs_dir` and `nav` of an `mkdocs.yml`. Tags such as `!!python/name:` run nothing here and do not matter in other keys,
 * where themes need them; in these two they are a problem, as is a path that leads out. Never throws.
 * @see https://www.mkdocs.org/user-guide/configuration/#nav
 */
export function parseMkdocs(
  text: string,
): { mkdocs: Mkdocs } | { problem: { line: number; message: string } } {
  const lines = new LineCounter();
  try {
    // thousands of open brackets would abort the process inside the YAML library
    assertBoundedYaml(text);
    const document = parseDocument(text, { logLevel: "silent", lineCounter: lines });
    const [error] = document.errors;
    if (error !== undefined)
      throw new MkdocsFault(error.linePos?.[0].line ?? 1, error.message.split("\n", 1).join(""));
    return { mkdocs: readKeys(document, lines) };
  } catch (thrown) {
    const line = thrown instanceof MkdocsFault ? thrown.line : 1;
    return { problem: { line, message: thrown instanceof Error ? thrown.message : "is broken" } };
  }
}

function readKeys(document: Document, lines: LineCounter): Mkdocs {
  const { contents } = document;
  if (contents === null) return { docsDir: "docs", pages: [] };
  if (!isMap(contents))
    throw new MkdocsFault(1, "must be a mapping, such as “site_name: Payments”");
  const docsDir = contents.get("docs_dir", true);
  const nav = contents.get("nav", true);
  for (const node of [docsDir, nav]) refuseTags(node, lines);
  return { docsDir: folderOf(docsDir, lines), pages: pagesOf(nav, lines) };
}

/** What a tag such as `!ENV` would have put there is not known here; an alias could stand for a whole tree. */
function refuseTags(node: unknown, lines: LineCounter): void {
  if (!isNode(node)) return;
  visit(node, {
    Alias(_key, alias) {
      throw new MkdocsFault(lineOf(alias, lines), `the alias *${alias.source} is not read here`);
    },
    Node(_key, found) {
      const { tag } = found;
      if (tag === undefined || tag === "tag:yaml.org,2002:str") return;
      const shown = tag.replace("tag:yaml.org,2002:", "!!").slice(0, 80);
      throw new MkdocsFault(lineOf(found, lines), `the tag ${shown} is not read here`);
    },
  });
}

function folderOf(node: unknown, lines: LineCounter): string {
  if (node === undefined) return "docs";
  const value = isScalar(node) ? node.value : undefined;
  const line = lineOf(node, lines);
  if (typeof value !== "string" || value.trim() === "")
    throw new MkdocsFault(line, "docs_dir must be a folder, such as “docs”");
  const path = pathInside(value.trim());
  if (path === undefined) throw new MkdocsFault(line, `docs_dir “${cut(value)}” leads out`);
  return path === "." ? "" : path;
}

function pagesOf(nav: unknown, lines: LineCounter): NavPage[] {
  const pages: NavPage[] = [];
  const add = (value: unknown, above: readonly string[], title: string): void => {
    if (pages.length >= maxPages) return;
    const inner = title === "" ? above : [...above, title];
    if (isSeq(value)) for (const item of value.items) add(item, inner, "");
    else if (isMap(value))
      for (const pair of value.items) add(pair.value, inner, titleOf(pair.key));
    else pages.push(...pageOf(value, above, title, lines));
  };
  add(nav, [], "");
  return pages;
}

function titleOf(key: unknown): string {
  return isScalar(key) ? String(key.value).trim().slice(0, 200) : "";
}

function pageOf(
  value: unknown,
  above: readonly string[],
  title: string,
  lines: LineCounter,
): NavPage[] {
  if (!isScalar(value) || typeof value.value !== "string") return [];
  const line = lineOf(value, lines);
  const path = markdownPath(value.value.trim(), line);
  if (path === undefined) return [];
  return [{ path, ...(title === "" ? {} : { title }), above: [...above], line }];
}

/** A page elsewhere and a file that is no text are no documents of ours. */
function markdownPath(written: string, line: number): string | undefined {
  // a scheme, or the beginning of an address without one
  if (/^(?:[a-z][a-z0-9+.-]*:|\/)/i.test(written)) return undefined;
  const path = pathInside(written.replace(/[?#].*$/, ""));
  if (path === undefined) throw new MkdocsFault(line, `the path “${cut(written)}” leads out`);
  return /\.(?:md|markdown)$/i.test(path) ? path : undefined;
}

/** The path without dots; undefined when it leads out of its folder. */
function pathInside(written: string): string | undefined {
  const path = posix.normalize(written).replace(/\/$/, "");
  const isOut = path === ".." || path.startsWith("../") || path.startsWith("/");
  return isOut || written.includes("\0") ? undefined : path;
}

function lineOf(node: unknown, lines: LineCounter): number {
  const start = isNode(node) ? node.range?.[0] : undefined;
  return start === undefined ? 1 : Math.max(1, lines.linePos(start).line);
}

function cut(text: string): string {
  return text.trim().slice(0, 100);
}
