import { join } from "node:path";

import { type Mkdocs, parseMkdocs } from "../../docs/mkdocs.ts";
import type { MarkdownFile, MarkdownReader } from "./read-markdown.ts";

/** Where a navigation has a document. */
export interface NavPlace {
  title?: string;
  /** Headings that it stands under, outermost first. */
  above: string[];
}

/** A Markdown file of a folder of TechDocs. */
export interface TechdocsFile {
  file: MarkdownFile;
  nav?: NavPlace;
}

const configNames = ["mkdocs.yml", "mkdocs.yaml"];
/** What is reported about a broken `mkdocs.yml`. */
export const mkdocsFault = "document-mkdocs";
export const mkdocsFix = "correct it; until then its folder is read without it";

/**
 * Reads the documents that `backstage.io/techdocs-ref: dir:…` names: with an `mkdocs.yml` those of its `docs_dir`, pages of its
 * navigation first and in their order. Where that file is broken or names no folder, it is reported and all of the folder is read.
 */
export async function readTechdocs(
  reader: MarkdownReader,
  folder: string,
): Promise<TechdocsFile[]> {
  const config = await readConfig(reader, folder);
  const whole = async (): Promise<TechdocsFile[]> =>
    (await reader.read(folder)).map((file) => ({ file }));
  if (config === undefined) return whole();
  const { mkdocs, path } = config;
  const docs = await reader.resolve(join(folder, mkdocs.docsDir));
  if (docs === undefined) {
    reader.report(path, {
      code: mkdocsFault,
      message: `its docs_dir “${mkdocs.docsDir}” is not there`,
      fix: "correct docs_dir",
    });
    return whole();
  }
  return inOrder(await reader.read(docs), { reader, mkdocs, path, docs });
}

async function readConfig(
  reader: MarkdownReader,
  folder: string,
): Promise<{ path: string; mkdocs: Mkdocs } | undefined> {
  for (const name of configNames) {
    const found = await reader.readText(join(folder, name));
    if (found === undefined) continue;
    const parsed = parseMkdocs(found.text);
    if ("mkdocs" in parsed) return { path: found.path, mkdocs: parsed.mkdocs };
    const { line, message } = parsed.problem;
    reader.report(found.path, { line, code: mkdocsFault, message, fix: mkdocsFix });
    return undefined;
  }
  return undefined;
}

/** A navigation only arranges what was found: no path of it is ever opened. */
function inOrder(
  files: readonly MarkdownFile[],
  from: { reader: MarkdownReader; mkdocs: Mkdocs; path: string; docs: string },
): TechdocsFile[] {
  const left = new Map(files.map((file) => [file.absolutePath, file]));
  const named: TechdocsFile[] = [];
  const seen = new Set<string>();
  for (const { path, title, above, line } of from.mkdocs.pages) {
    const absolutePath = join(from.docs, path);
    const file = left.get(absolutePath);
    if (file !== undefined) {
      left.delete(absolutePath);
      named.push({ file, nav: { above, ...(title === undefined ? {} : { title }) } });
    } else if (!seen.has(absolutePath)) {
      const message = `its nav names ${path}, which is not there`;
      const fix = "correct the path";
      from.reader.report(from.path, { line, code: mkdocsFault, message, fix });
    }
    seen.add(absolutePath);
  }
  return [...named, ...[...left.values()].map((file) => ({ file }))];
}
