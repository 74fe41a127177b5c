/** Somebody on call, as far as a source knows them. */
export interface OnCallPerson {
  /** As people call them. */
  name: string;
  email?: string;
  /** Their User in the catalog: a reference or a bare name, as written. */
  ref?: string;
  /** Where the source knows it, such as `U024BE7LH`. */
  slackUserId?: string;
}

/** Who is called at one level of an escalation. */
export interface OnCallLevel {
  /** From 1: the first to be called. */
  level: number;
  people: OnCallPerson[];
  /** Of the next hand-over, milliseconds since the epoch; absent when nothing changes that we know of. */
  untilMs?: number;
  /** Who takes over then; absent where the source does not say. */
  next?: OnCallPerson[];
}

/** What a source says about one schedule at one moment. */
export interface OnCallReading {
  /** The schedule as people call it. */
  title: string;
  /** Where that stands: a file with its line, or the page of the schedule. */
  source: string;
  /** By level; empty when nobody is on call. */
  levels: OnCallLevel[];
  /** When nobody is on call: when somebody is again, where that is known. */
  nextAtMs?: number;
}

/**
 * Where it is known who is on call: files, calendars, PagerDuty, Grafana, Jira. Every implementation passes
 * `test/contracts/oncall.ts`. A source keeps nothing: that is for whoever asks it.
 */
export interface OnCallSource {
  /** As configured, such as `rota`; annotations name it. */
  id: string;
  /** What it is, for people: `PagerDuty`, `iCal`. */
  label: string;
  /**
   * Who is on call in a schedule. `key` names the schedule within the source, such as `payments` or `service:PABC123`; it is
   * empty for the source's only schedule.
   * @throws NotFoundError `oncall-schedule-unknown`, ForbiddenError `oncall-refused`, InputError `oncall-malformed`,
   * UpstreamError `oncall-unreachable` or `oncall-rate-limited`
   */
  read(key: string, atMs: number, signal: AbortSignal): Promise<OnCallReading>;
  /** One line about how the source stands, for `callboard doctor`. @throws as `read` */
  check(atMs: number, signal: AbortSignal): Promise<string>;
}
