import { setTimeout as sleep } from "node:timers/promises";

import { toError } from "../base/errors.ts";
import type { Checklist } from "../usecases/checklists/checklist.ts";
import type { SlackContext } from "./context.ts";
import { renderChecklist } from "./views/checklist-view.ts";

/** Keeps the messages of checklists as they are in storage. */
export interface ChecklistBoard {
  /**
   * Draws a checklist as it is stored; many calls at once are one edit. Resolves when a drawing that began after this call is
   * done, or failed: then the next change draws it.
   */
  show(id: string): Promise<void>;
}

interface Shown {
  /** Set when something changed since the drawing that is under way began. */
  isBehind: boolean;
  working: Promise<void>;
}

/** Creates the board. Processes draw what is stored, never what they happen to hold, so the last drawing is the newest. */
export function createChecklistBoard(
  context: SlackContext,
  load: (id: string) => Promise<Checklist | undefined>,
  spacingMs = 1_000,
): ChecklistBoard {
  const open = new Map<string, Shown>();
  const work = async (id: string, shown: Shown): Promise<void> => {
    while (shown.isBehind) {
      shown.isBehind = false;
      await draw(context, await load(id).catch(() => undefined));
      // when the bot stops, what waits is drawn at once
      if (shown.isBehind)
        await sleep(spacingMs, undefined, { signal: context.stopping }).catch(() => undefined);
    }
    open.delete(id);
  };
  return {
    async show(id) {
      const present = open.get(id);
      if (present !== undefined) {
        present.isBehind = true;
        await present.working;
        return;
      }
      const shown: Shown = { isBehind: true, working: Promise.resolve() };
      open.set(id, shown);
      shown.working = work(id, shown);
      await shown.working;
    },
  };
}

async function draw(context: SlackContext, checklist: Checklist | undefined): Promise<void> {
  const message = checklist?.message;
  if (checklist === undefined || message === undefined) return;
  const { channel, ts } = message;
  try {
    await context.web.chat.update({ channel, ts, ...renderChecklist(checklist) });
  } catch (thrown) {
    const error = toError(thrown).message;
    context.logger.warn({ checklistId: checklist.id, error }, "checklist message not updated");
  }
}
