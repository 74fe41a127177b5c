import type { ModalView } from "@slack/types";

import type { FormField, FormPage } from "../../scaffold/form-model.ts";
import { type ShownPage, valueAt } from "../form-pages.ts";
import { splitFields } from "../views/form-sheets.ts";
import { type FormPlace, type LeftForm, renderFormPage, renderReview } from "../views/form-view.ts";
import { finalValues, type FormSession, pagesOf } from "./form-session.ts";

/** One window of a form: a page, or the part of it for which there is room. */
export interface Sheet extends ShownPage {
  /** The fields in this window. */
  shown: FormField[];
  /** From 0. */
  part: number;
  isLastPart: boolean;
}

/** Which window of the form; without a page the review. */
export type SheetPlace = Pick<FormPlace, "page" | "part">;

function sheetsOf(session: FormSession): Sheet[] {
  return pagesOf(session).flatMap((page) =>
    splitFields(page.fields, page.index, session.secrets).map((shown, part, { length }) => ({
      ...page,
      ...(length === 1 ? {} : { page: titledPart(page, part, length) }),
      shown,
      part,
      isLastPart: part === length - 1,
    })),
  );
}

function titledPart({ page }: ShownPage, part: number, parts: number): FormPage {
  return { ...page, title: `${page.title} (${part + 1} of ${parts})` };
}

/** The window at a place, or the last one of its page where what was typed has made the page shorter. */
export function sheetAt(session: FormSession, place: SheetPlace): Sheet | undefined {
  return sheetAmong(sheetsOf(session), place);
}

function sheetAmong(sheets: readonly Sheet[], { page, part = 0 }: SheetPlace): Sheet | undefined {
  return sheets.findLast((sheet) => sheet.index === page && sheet.part <= part);
}

/** The first window, or the review where there is nothing to fill in. */
export function firstView(session: FormSession, left?: LeftForm): ModalView {
  const sheets = sheetsOf(session);
  return viewOf(session, sheets, sheets[0], { left });
}

/** The window after another one; the review comes after the last. */
export function viewAfter(session: FormSession, { page = -1, part = 0 }: SheetPlace): ModalView {
  const sheets = sheetsOf(session);
  const next = sheets.find(
    (sheet) => sheet.index > page || (sheet.index === page && sheet.part > part),
  );
  return viewOf(session, sheets, next);
}

/** The window before another one, or before the review. */
export function viewBefore(session: FormSession, { page, part = 0 }: SheetPlace): ModalView {
  const sheets = sheetsOf(session);
  const earlier = sheets.findLast(
    (sheet) =>
      page === undefined || sheet.index < page || (sheet.index === page && sheet.part < part),
  );
  return viewOf(session, sheets, earlier ?? sheets[0]);
}

/** Draws the window at a place, or the review. */
export function viewAt(session: FormSession, place: SheetPlace, problem?: string): ModalView {
  const sheets = sheetsOf(session);
  return viewOf(session, sheets, sheetAmong(sheets, place), { problem });
}

function viewOf(
  session: FormSession,
  sheets: readonly Sheet[],
  sheet: Sheet | undefined,
  { problem, left }: { problem?: string | undefined; left?: LeftForm | undefined } = {},
): ModalView {
  const { draft, loaded } = session;
  const progress = {
    templateTitle: loaded.template.title,
    steps: sheets.length + 1,
    ...(problem === undefined ? {} : { problem }),
  };
  if (sheet === undefined) return reviewOf(session, progress);
  const { index, part, page } = sheet;
  return renderFormPage({
    ...progress,
    place: { draft: draft.id, page: index, ...(part === 0 ? {} : { part }) },
    step: sheets.indexOf(sheet) + 1,
    title: page.title,
    ...(page.description === undefined || part > 0 ? {} : { description: page.description }),
    index,
    fields: sheet.shown,
    secrets: session.secrets,
    ...(left === undefined ? {} : { left }),
  });
}

function reviewOf(
  session: FormSession,
  progress: { templateTitle: string; steps: number; problem?: string },
): ModalView {
  const { draft, loaded } = session;
  const values = finalValues(session);
  return renderReview({
    ...progress,
    place: { draft: draft.id },
    step: progress.steps,
    pages: pagesOf(session).map((each) => ({
      title: each.page.title,
      fields: each.fields,
      valueOf: (field) => valueAt(values, field.path),
    })),
    stepNames: loaded.template.steps.map((step) => step.name),
    approvals: session.approvalsOf(values),
    isRetry: draft.retryOf !== undefined,
  });
}
