import type { JsonObject } from "../../base/json.ts";
import type { RunOutput, StepError, StepState, Template } from "../../scaffold/model.ts";

/** `waiting`: accepted, not begun. `stalled` never appears: a crashed run stays `running` until it is resumed. */
export type RunStatus = "waiting" | "running" | "completed" | "failed" | "cancelled";

/** Who started a run and where it reports. */
export interface RunRequester {
  /** Slack user id. */
  slackUserId?: string;
  /** The Slack workspace that it was asked for in; the run reports there. */
  workspace?: { teamId: string; enterpriseId?: string };
  /** As shown. */
  name: string;
  /** Their User in the catalog, canonical. */
  userRef?: string;
}

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

/** One execution of a template, as stored under collection `runs`. */
export interface RunRecord {
  id: string;
  templateRef: string;
  templateTitle: string;
  /** As it was when the run was accepted: a template changed meanwhile does not change the run. */
  template: Template;
  values: JsonObject;
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
  /** How often Retry was pressed. */
  retries: number;
  isCancelRequested?: boolean;
  /** How often the present step had to wait for GitHub or another host; bounds the waiting. */
  upstreamWaits: number;
  /** Why the run waits at the moment, for the parent message. */
  waitingFor?: string;
}
