import type { Button, KnownBlock, ModalView } from "@slack/types";
import { z } from "zod";

import type { WholeDocument } from "../../usecases/documents/whole-document.ts";
import { actionIds, viewIds } from "../action-ids.ts";
import {
  actions,
  button,
  context,
  fitBlocks,
  fitsValue,
  limits,
  plain,
  section,
  shownLength,
} from "./blocks.ts";
import { startChecklistButton } from "./checklist-view.ts";
import { filledLine } from "./filled-line.ts";
import { packRichText, renderMarkdown } from "./markdown.ts";
import { clamp, link, mrk, oneLine } from "./text.ts";

/** Which document, and where in it, a button or an open modal means. */
export const documentPlace = z.strictObject({
  path: z.string().max(1000),
  /** Open at this heading instead of a page. */
  heading: z.string().max(500).optional(),
  /** From 0. */
  page: z.number().int().min(0).max(100_000).optional(),
});

export type DocumentPlace = z.infer<typeof documentPlace>;

/** A button that opens a document; undefined when its path is too long for Slack to carry. */
export function openDocumentButton(
  id: string,
  label: string,
  place: DocumentPlace,
): Button | undefined {
  const value = JSON.stringify({
    ...place,
    ...(place.heading === undefined ? {} : { heading: clamp(place.heading, 500) }),
  });
  if (!fitsValue(value) || place.path.length > 1000) return undefined;
  return button({ actionId: `${actionIds.openDocument}/${id}`, label, value });
}

/** Shown text on one page: well inside a view's 250 KB, and short enough to read. */
const pageCharacters = 6000;

/** A document as pages in a modal; `place` says which page or heading, both are brought into range. */
export function renderDocumentView(document: WholeDocument, place: DocumentPlace): ModalView {
  const pages = documentPages(document);
  const wanted = place.page ?? pageOfHeading(pages, place.heading);
  const page = Math.min(Math.max(0, wanted), pages.length - 1);
  const heading =
    document.url === undefined
      ? mrk`*${document.title}*`
      : mrk`*${link(document.url, document.title)}*`;
  const state = JSON.stringify({ path: document.path, page } satisfies DocumentPlace);
  return {
    type: "modal",
    callback_id: viewIds.document,
    title: plain("Runbook", limits.modalTitle),
    close: plain("Close", limits.modalTitle),
    ...(state.length <= limits.privateMetadata ? { private_metadata: state } : {}),
    blocks: fitBlocks(
      [
        section(heading),
        ...(pages[page] ?? []),
        context([filledLine(document.filled)]),
        context([mrk`${document.path} · page ${page + 1} of ${pages.length}`]),
        buttonRow(document, page, state.length > limits.privateMetadata ? 1 : pages.length),
      ],
      { maxBlocks: limits.viewBlocks, keepLast: 2, maxCharacters: 3 * pageCharacters },
    ),
  };
}

/** The modal is open already when the document turns out to be gone. */
export function renderDocumentGone(path: string): ModalView {
  return {
    type: "modal",
    callback_id: viewIds.document,
    title: plain("Runbook", limits.modalTitle),
    close: plain("Close", limits.modalTitle),
    blocks: [
      section(
        mrk`*${path}* is not in the catalog any more. Ask again to find what took its place.`,
      ),
    ],
  };
}

/** *Start checklist*, whose message goes to who pressed it: a window has no channel; then the pages around this one. */
function buttonRow(document: WholeDocument, page: number, count: number): KnownBlock | undefined {
  return actions([
    startChecklistButton({ path: document.path }, document.steps ?? 0),
    count === 1 || page === 0
      ? undefined
      : button({
          actionId: `${actionIds.turnPage}/back`,
          label: "Previous page",
          value: String(page - 1),
        }),
    page >= count - 1
      ? undefined
      : button({
          actionId: `${actionIds.turnPage}/next`,
          label: "Next page",
          value: String(page + 1),
        }),
  ]);
}

function documentPages(document: WholeDocument): KnownBlock[][] {
  const blocks = packRichText(renderMarkdown(document.markdown, document.url), 2500);
  const pages: KnownBlock[][] = [];
  let open: KnownBlock[] = [];
  let length = 0;
  for (const block of blocks) {
    const blockLength = shownLength(block);
    if (open.length > 0 && length + blockLength > pageCharacters) {
      pages.push(open);
      open = [];
      length = 0;
    }
    open.push(block);
    length += blockLength;
  }
  if (open.length > 0 || pages.length === 0) pages.push(open);
  return pages;
}

/** The first page on which the heading stands as a line of its own; 0 when none does. */
function pageOfHeading(pages: readonly KnownBlock[][], heading: string | undefined): number {
  if (heading === undefined) return 0;
  const wanted = oneLine(heading).toLowerCase();
  const found = pages.findIndex((blocks) =>
    blocks.some(
      (block) =>
        block.type === "rich_text" &&
        block.elements.some(
          (part) =>
            part.type === "rich_text_section" &&
            oneLine(
              part.elements
                .map((element) => ("text" in element ? (element.text ?? "") : ""))
                .join(""),
            ).toLowerCase() === wanted,
        ),
    ),
  );
  return Math.max(0, found);
}
