/** What a step waits for, and until when at the latest. */
export interface StepWaiting {
  /** When the step is tried again, at the latest; milliseconds since the epoch. */
  untilMs: number;
  /** For the person who watches: what it waits for. */
  reason?: string;
  /** What an event names to wake it earlier, such as `pull-request:github.com/acme/pay#4`. */
  topic?: string;
  /** The number of the approval that it waits for. */
  approval?: number;
}

/**
 * Thrown by an action that waits for something that may take hours: the run gives its worker back, and the step begins again when
 * the time has come, an event arrives, or somebody decides. What must outlive the wait goes into `context.notes`.
 */
export class StepWait extends Error {
  readonly waiting: StepWaiting;

  constructor(waiting: StepWaiting) {
    super(waiting.reason ?? "waits");
    this.waiting = waiting;
  }
}
