import { isRecord, type JsonObject } from "../base/json.ts";
import type { ActionRegistry } from "./action.ts";
import type { Template } from "./model.ts";
import type { StepNotes } from "./publishers/contract.ts";

const noteKey = "made";

/** Something that a run made and can take back. */
export interface UndoItem {
  /** Where the step's notes are kept: `publish`, or `publisheach-0/` for a round of `each`. */
  scope: string;
  stepId: string;
  action: string;
  /** What taking it back does, such as `deletes the repository github.com/acme/ledger`. */
  text: string;
  /** As the step noted it. */
  made: JsonObject;
}

/**
 * Notes durably what a step is making, so that its run can take it back. Call it before something is made where the undo can tell by
 * itself whether it was, else right after.
 */
export async function noteMade(context: { notes: StepNotes }, made: JsonObject): Promise<void> {
  await context.notes.set(noteKey, JSON.stringify(made));
}

/** What was to be made turned out to be somebody else's. */
export async function forgetMade(context: { notes: StepNotes }): Promise<void> {
  await context.notes.set(noteKey, "");
}

/** True when a run made anything that can be taken back. `notes` are those of all its steps, by `<scope>/<key>`. */
export function hasMade(notes: Readonly<Record<string, string>>): boolean {
  return Object.entries(notes).some(([key, value]) => key.endsWith(`/${noteKey}`) && value !== "");
}

/** What would be taken back, the last thing first. Pure. */
export function planUndo(
  template: Template,
  notes: Readonly<Record<string, string>>,
  actions: ActionRegistry,
): UndoItem[] {
  const items = template.steps.flatMap((step) => {
    const undo = actions.get(step.action)?.undo;
    if (undo === undefined) return [];
    return scopesOf(step.id, notes).flatMap((scope) => {
      const made = parseMade(notes[`${scope}/${noteKey}`]);
      if (made === undefined) return [];
      return [{ scope, stepId: step.id, action: step.action, text: undo.describe(made), made }];
    });
  });
  return items.toReversed();
}

/** The step's own notes, and those of its rounds of `each`. */
function scopesOf(stepId: string, notes: Readonly<Record<string, string>>): string[] {
  const suffix = `/${noteKey}`;
  return Object.keys(notes)
    .filter((key) => key.endsWith(suffix))
    .map((key) => key.slice(0, -suffix.length))
    .filter((scope) => scope === stepId || scope.startsWith(`${stepId}each-`));
}

function parseMade(text: string | undefined): JsonObject | undefined {
  if (text === undefined || text === "") return undefined;
  const made: unknown = JSON.parse(text);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `noteMade` wrote it
  return isRecord(made) ? (made as JsonObject) : undefined;
}
