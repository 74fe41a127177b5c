import { ConflictError } from "../base/errors.ts";
import { createHeldWorkspace } from "../scaffold/actions/held-workspace.ts";
import { planUndo, type UndoItem } from "../scaffold/undo.ts";
import type { RunRecord } from "../usecases/runs/run-record.ts";
import type { UndoHooks } from "../usecases/runs/undo-run.ts";
import { createContext, type StepsWorld } from "./execute-steps.ts";
import { userOf } from "./user-of.ts";

/** What the run made that its actions can take back. */
export function planOf(run: RunRecord, world: StepsWorld): UndoItem[] {
  return planUndo(run.template, run.notes, world.actions);
}

/** Takes one thing back with the action that made it, which finds its notes as it left them. */
export async function undoStep(
  run: RunRecord,
  item: UndoItem,
  hooks: UndoHooks,
  world: StepsWorld,
): Promise<string> {
  const undo = world.actions.get(item.action)?.undo;
  if (undo === undefined)
    throw new ConflictError("undo-refused", `${item.action} cannot be taken back (any more).`);
  const context = createContext({
    run,
    step: { id: item.scope },
    notesPrefix: "",
    log: () => undefined,
    hooks: {
      signal: hooks.signal,
      assertCurrent: hooks.assertCurrent,
      notes: (scope) => ({
        get: async (key) => run.notes[`${scope}/${key}`],
        set: (key, value) => hooks.setNote(`${scope}/${key}`, value),
      }),
    },
    // nothing is written while something is taken back
    workspace: "",
    files: createHeldWorkspace("").files,
    user: userOf(run.requester, world.catalog),
    options: world,
  });
  return await undo.run(item.made, context);
}
