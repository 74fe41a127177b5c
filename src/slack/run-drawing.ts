import type { Logger } from "../base/logger.ts";
import type { RunRecord } from "../usecases/runs/run-record.ts";
import { slackErrorCode } from "./errors.ts";
import type { MessageContent } from "./views/blocks.ts";
import { renderRunMessage } from "./views/run-view.ts";

/** Draws runs in the best way that this workspace knows. */
export interface RunDrawing {
  /** Gives `send` the run's message; once more, drawn plainly, when Slack does not know its plan block. */
  draw<T>(run: RunRecord, nowMs: number, send: (content: MessageContent) => Promise<T>): Promise<T>;
}

/** Slack's answers that mean: these blocks are not known here. Nothing was sent then. */
const unknownBlocks = new Set(["invalid_blocks", "invalid_blocks_format", "unsupported_block"]);

/** Creates it; what a workspace does not know is remembered as long as the process lives. */
export function createRunDrawing(logger: Logger): RunDrawing {
  let hasPlan = true;
  return {
    async draw(run, nowMs, send) {
      try {
        return await send(renderRunMessage(run, { nowMs, hasPlan }));
      } catch (thrown) {
        if (!hasPlan || !unknownBlocks.has(slackErrorCode(thrown) ?? "")) throw thrown;
        hasPlan = false;
        logger.info({}, "slack does not know plan blocks here: steps are drawn as text");
        return await send(renderRunMessage(run, { nowMs, hasPlan }));
      }
    },
  };
}
