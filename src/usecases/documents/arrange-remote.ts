import type { Diagnostic } from "../../base/diagnostics.ts";
import { parseMkdocs } from "../../docs/mkdocs.ts";
import { mkdocsFix, mkdocsFault, type NavPlace } from "./read-techdocs.ts";
import type { RemoteDocument } from "./remote-documents.ts";

/** The `mkdocs.yml` of a repository elsewhere. */
export interface RemoteNavigation {
  /** The page that shows it. */
  url: string;
  text: string;
}

/**
 * Puts documents of repositories into the order of their navigations: pages that one names come first. A broken navigation is a
 * finding and arranges nothing. What a navigation names and nobody read is passed over: of a repository elsewhere only a part is read.
 */
export function arrangeRemote(
  documents: readonly RemoteDocument[],
  navigations: readonly RemoteNavigation[],
): { documents: RemoteDocument[]; diagnostics: Diagnostic[] } {
  const left = new Map(documents.map((document) => [plainUrl(document.url), document]));
  const diagnostics: Diagnostic[] = [];
  const arranged: RemoteDocument[] = [];
  for (const { url, text } of navigations) {
    const parsed = parseMkdocs(text);
    if ("problem" in parsed) {
      diagnostics.push(brokenNavigation(url, parsed.problem));
      continue;
    }
    const { docsDir, pages } = parsed.mkdocs;
    const folder = [plainUrl(url).replace(/\/[^/]*$/, ""), docsDir].filter((part) => part !== "");
    for (const { path, title, above } of pages) {
      const page = [...folder, path].join("/");
      const document = left.get(page);
      if (document === undefined) continue;
      left.delete(page);
      const nav: NavPlace = { above, ...(title === undefined ? {} : { title }) };
      arranged.push({ ...document, nav });
    }
  }
  return { documents: [...arranged, ...left.values()], diagnostics };
}

function brokenNavigation(
  file: string,
  { line, message }: { line: number; message: string },
): Diagnostic {
  return { file, line, column: 1, severity: "warning", code: mkdocsFault, message, fix: mkdocsFix };
}

/** Navigations are written as people read paths. */
function plainUrl(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
