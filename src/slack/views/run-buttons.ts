import type { ConfirmationDialog, KnownBlock } from "@slack/types";

import { hasMade } from "../../scaffold/undo.ts";
import type { RunRecord } from "../../usecases/runs/run-record.ts";
import { actionIds } from "../action-ids.ts";
import { actions, button, plain } from "./blocks.ts";

/** What can be done about a run as it stands, under its message. */
export function runButtons(run: RunRecord): KnownBlock | undefined {
  const ended = resultButtons(run);
  if (ended !== undefined) return ended;
  const canCancel =
    ["waiting", "waiting-for-approval", "running"].includes(run.status) &&
    run.isCancelRequested !== true;
  return canCancel
    ? actions([
        button({
          actionId: actionIds.cancelRun,
          label: "Cancel",
          value: run.id,
          confirm: confirmCancel,
          description: `Cancel ${run.templateTitle}`,
        }),
      ])
    : undefined;
}

const confirmCancel: ConfirmationDialog = {
  title: plain("Cancel this run?", 100),
  text: plain("It stops before its next step. What is done stays as it is.", 300),
  confirm: plain("Cancel the run", 30),
  deny: plain("Go on", 30),
};

/** What can be done about a run that did not end well; undefined for all others. */
function resultButtons(run: RunRecord): KnownBlock | undefined {
  return isUnfinished(run) ? actions(failureButtons(run)) : undefined;
}

function canUndo(run: RunRecord): boolean {
  return hasMade(run.notes) && run.undo === undefined;
}

/** True when somebody may want to try it once more. */
function isUnfinished(run: RunRecord): boolean {
  return ["failed", "cancelled", "rejected", "expired"].includes(run.status);
}

/** The same again, for what may pass by itself; other values, for what will not. */
function failureButtons(run: RunRecord) {
  return [
    run.status === "rejected" || run.undo !== undefined ? undefined : retryButton(run),
    button({
      actionId: actionIds.changeRun,
      label: "Change values",
      value: run.id,
      description: `Fill in ${run.templateTitle} again with the same values`,
    }),
    canUndo(run) ? undoButton(run) : undefined,
  ];
}

function undoButton(run: RunRecord) {
  return button({
    actionId: actionIds.undoRun,
    label: "Undo…",
    value: run.id,
    style: "danger",
    description: `Take back what ${run.templateTitle} has made`,
  });
}

function retryButton(run: RunRecord) {
  return button({
    actionId: actionIds.retryRun,
    label: run.status === "expired" ? "Ask again" : "Retry",
    value: run.id,
    style: "primary",
    description: `Go on with ${run.templateTitle} after its last finished step`,
  });
}
