import type { Section } from "../../docs/document.ts";
import type { Document } from "./documents.ts";
import { type Checklist, wholeChecklist } from "./whole-document.ts";

/** Documents by what they belong to; built once for a snapshot. */
export interface DocumentLibrary {
  /** In the order in which they were read. */
  ofEntity(ref: string): readonly Document[];
  byPath(path: string): Document | undefined;
  /** What a checklist of the whole document would hold, as \`wholeChecklist\` says. */
  checklist(document: Document): Checklist;
  /** By the id that `sectionId` gives. */
  section(id: string): { document: Document; section: Section } | undefined;
}

/** Builds the library. */
export function buildDocumentLibrary(documents: readonly Document[]): DocumentLibrary {
  const byPath = new Map(documents.map((document) => [document.path, document]));
  const byRef = new Map<string, Document[]>();
  for (const document of documents)
    for (const ref of document.refs) {
      const own = byRef.get(ref);
      if (own === undefined) byRef.set(ref, [document]);
      else own.push(document);
    }
  const checklists = new Map<Document, Checklist>();
  return {
    checklist(document) {
      const known = checklists.get(document) ?? wholeChecklist(document);
      checklists.set(document, known);
      return known;
    },
    ofEntity: (ref) => byRef.get(ref) ?? [],
    byPath: (path) => byPath.get(path),
    section(id) {
      const cut = id.lastIndexOf("#");
      const document = byPath.get(id.slice(0, Math.max(0, cut)));
      const section = document?.sections.find(({ anchor }) => anchor === id.slice(cut + 1));
      return document === undefined || section === undefined ? undefined : { document, section };
    },
  };
}

/** Names a section of a document in the index: `path#anchor`. */
export function sectionId(path: string, anchor: string): string {
  return `${path}#${anchor}`;
}
