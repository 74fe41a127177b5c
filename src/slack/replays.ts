import { toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Intake } from "./intake.ts";

/** How often this process looks for events that another one left behind, and says of its own that they are being handled. */
const replayMs = 4000;

/** Looks again and again for events that a process that died has left behind. */
export interface Replays {
  /** `isAlone`: no other process is at work, so whatever is left behind at the start is nobody's. */
  start(isAlone: boolean): void;
  stop(): void;
}

/** Creates it; nothing is looked at before `start`. */
export function createReplays(intake: Intake, logger: Logger): Replays {
  let timer: NodeJS.Timeout | undefined;
  let renewals: NodeJS.Timeout | undefined;
  let isStopped = false;
  const look = async (patienceMs?: number): Promise<void> => {
    try {
      await intake.replay(patienceMs);
    } catch (thrown) {
      logger.warn({ error: toError(thrown).message }, "slack events left behind not readable");
    }
    if (!isStopped) timer = setTimeout(() => void look(), replayMs);
  };
  const renew = async (): Promise<void> => {
    try {
      await intake.renew();
    } catch (thrown) {
      logger.warn({ error: toError(thrown).message }, "slack events not renewed");
    }
  };
  return {
    start(isAlone) {
      // beside the looking, which lasts as long as what is found is being handled
      renewals = setInterval(() => void renew(), replayMs);
      void look(isAlone ? 0 : undefined);
    },
    stop() {
      isStopped = true;
      clearInterval(renewals);
      clearTimeout(timer);
    },
  };
}
