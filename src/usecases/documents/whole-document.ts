import type { CatalogEntity } from "../../catalog/model.ts";
import { checklistSteps } from "../../docs/checklist-steps.ts";
import { type Filled, fillPlaceholders } from "../../docs/fill-placeholders.ts";
import type { Document } from "./documents.ts";
import { knownValues } from "./known-values.ts";

/** A document to be read from beginning to end. */
export interface WholeDocument {
  path: string;
  title: string;
  /** With the placeholders that are known filled in. */
  markdown: string;
  /** The main entity that it belongs to, canonical. */
  ref?: string;
  url?: string;
  filled?: Filled[];
  /** Steps of its checklist; absent where it is none. */
  steps?: number;
}

/** How many steps a document has, and whether these are more than anybody walks through. */
export interface Checklist {
  steps: number;
  isTooLong: boolean;
}

/** More steps than one incident takes: then it is a collection of runbooks, of which sections are walked through. */
const mostStepsOfWhole = 40;

/** What a checklist of the whole document would hold: 0 where it is no runbook; `isTooLong` where it is a collection. */
export function wholeChecklist(document: Document): Checklist {
  const steps = document.isRunbook ? checklistSteps(document.sections).length : 0;
  return { steps, isTooLong: steps > mostStepsOfWhole };
}

/** The document as it is shown whole; `entity` is the one that its `ref` names. */
export function wholeDocument(
  document: Document,
  entity: CatalogEntity | undefined,
): WholeDocument {
  const { path, title, url, refs } = document;
  const [ref] = refs;
  const { markdown, filled } = fillPlaceholders(document.markdown, knownValues(entity));
  const { steps, isTooLong } = wholeChecklist(document);
  return {
    path,
    title,
    markdown,
    ...(ref === undefined ? {} : { ref }),
    ...(url === undefined ? {} : { url }),
    ...(filled.length === 0 ? {} : { filled }),
    ...(steps === 0 || isTooLong ? {} : { steps }),
  };
}
