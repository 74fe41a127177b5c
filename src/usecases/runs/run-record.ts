import type { JsonObject } from "../../base/json.ts";
import type { RunOutput, StepError, StepState, Template } from "../../scaffold/model.ts";
import type { Approval } from "../approvals/approval.ts";
import type { AuditEvent } from "../audit/audit-log.ts";
import type { RunSecrets } from "../secrets/secret-fields.ts";
import type { RunRequester } from "./run-requester.ts";

export type { RunRequester } from "./run-requester.ts";

/**
 * `waiting`: accepted, not begun. `stalled` never appears: a crashed run stays `running` until it is resumed.
 * `rejected` and `expired`: nobody allowed it to begin, so nothing was done.
 */
export type RunStatus =
  | "waiting"
  | "waiting-for-approval"
  | "running"
  | "completed"
  | "failed"
  | "cancelled"
  | "rejected"
  | "expired";

/** Where the run's one parent message stands. */
export interface RunMessage {
  channel: string;
  ts?: string;
  /** Set before the message is sent, so that a crash in between is noticed. */
  isIntended?: boolean;
  /** The result was posted to the thread. */
  isResultPosted?: boolean;
  /** Set when the bot may not write in the wanted channel and the run reports in a direct message instead. */
  insteadOf?: string;
}

/** How long a run waits without a job, and what else may end the wait. */
export interface RunParking {
  /** When it goes on by itself, at the latest; milliseconds since the epoch. */
  untilMs: number;
  /** What an event names to wake it, such as `pull-request:github.com/acme/pay#4`. */
  topic?: string;
}

/** How a run was, or is being, taken back. */
export interface RunUndo {
  /** Grows with each request. */
  number: number;
  by: RunRequester;
  requestedAtMs: number;
  /** As they were shown, in the order in which they are done. */
  items: {
    /** Of the notes that say what was made. */
    scope: string;
    text: string;
    status: "waiting" | "done" | "refused";
    /** What was done, or why not. */
    said?: string;
  }[];
  /** Set when all was tried and told. */
  isReported?: boolean;
  endedAtMs?: number;
}

/** One execution of a template, as stored under collection `runs`. */
export interface RunRecord {
  id: string;
  templateRef: string;
  templateTitle: string;
  /** As it was when the run was accepted: a template changed meanwhile does not change the run. */
  template: Template;
  /** With a mask in the place of each secret. */
  values: JsonObject;
  /** Where its secrets are kept until it ends. */
  secrets?: RunSecrets;
  requester: RunRequester;
  /** The channel asked for (absent for runs from the terminal). */
  channel?: string;
  message?: RunMessage;
  status: RunStatus;
  steps: StepState[];
  /** The last lines of the log, at most 200. */
  log: { atMs: number; stepId: string; line: string }[];
  output?: RunOutput;
  error?: StepError & { stepId?: string };
  createdAtMs: number;
  updatedAtMs: number;
  endedAtMs?: number;
  /** Grows with each claim; a worker that holds an older one may no longer write. */
  fence: number;
  /** Durable notes of steps, by `<stepId>/<key>`. */
  notes: Record<string, string>;
  /** Names held for the run while it is open. */
  reservedNames?: string[];
  /** Set when somebody asked to take back what the run made. */
  undo?: RunUndo;
  /** How often Retry was pressed. */
  retries: number;
  isCancelRequested?: boolean;
  /** How often the present step had to wait for GitHub or another host; bounds the waiting. */
  upstreamWaits: number;
  /** Why the run waits at the moment, for the parent message. */
  waitingFor?: string;
  /** Set while the run waits without a job: for a click, an event or a time. */
  parked?: RunParking;
  /** How often a parked run was woken; absent: never. */
  wakes?: number;
  /** What was asked of approvers, oldest first; the last one counts. */
  approvals?: Approval[];
  /** Who changed it last from outside: cancelled or retried it. */
  changedBy?: RunRequester;
  /** Events that are not in the audit log yet. */
  unaudited?: AuditEvent[];
  /** How many events were noted so far. */
  auditCount?: number;
}
