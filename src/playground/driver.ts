import { InputError, toError } from "../base/errors.ts";
import type { ActContext, Outcome } from "./acts/context.ts";
import { channelOf } from "./acts/context.ts";
import { act, type ElementInput, typeahead, type TypeaheadOutcome } from "./acts/elements.ts";
import {
  closeView,
  enter,
  type EnterInput,
  submitView,
  type SubmitOutcome,
} from "./acts/modals.ts";
import {
  inviteBot,
  openAppTab,
  openDetails,
  runShortcut,
  runStep,
  type StepInput,
} from "./acts/openings.ts";
import { say, type SayInput, slash, type SlashInput } from "./acts/talk.ts";
import type { PlainValue } from "./acts/values.ts";
import type { Faults } from "./faults.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import type { SlackMessage, SlackView } from "./slack-shapes.ts";
import type { ApiContext } from "./web-api/context.ts";
import type { StepExecution } from "./work-in-progress.ts";

/** How long `waitFor` waits when nothing else is said. */
const defaultWaitMs = 5_000;

/** What the driver works with. */
export interface DriverParts {
  acts: ActContext;
  api: ApiContext;
  faults: Faults;
  journal: Journal;
  disconnect: () => void;
  isConnected: () => boolean;
}

/**
 * Acts as people in the workspace and sees what they see. Every act resolves when the bot has acknowledged it, or when
 * Slack would show an error; what the bot does later is awaited with `waitFor`.
 */
export class Driver {
  readonly faults: Faults;
  readonly #parts: DriverParts;

  constructor(parts: DriverParts) {
    this.#parts = parts;
    this.faults = parts.faults;
  }

  /** Runs a slash command; `message` is what the acknowledgement itself showed. */
  slash(input: SlashInput): Promise<Outcome & { message?: SlackMessage }> {
    return slash(input, this.#parts.acts, this.#parts.api);
  }

  /** Says something in a channel, a thread (`threadTs`) or to the bot (`channel: "bot"`). `@Callboard` is a mention. */
  say(input: SayInput): Promise<Outcome & { message: SlackMessage }> {
    return say(input, this.#parts.acts);
  }

  /** Presses a button in a message (`channel`, `ts`), in the open modal or in the Home tab (`isHome`). */
  click(input: ElementInput): Promise<Outcome> {
    return act(input, this.#parts.acts);
  }

  /** Chooses from a select, an overflow menu, radio buttons, checkboxes or a date picker. */
  select(input: ElementInput & { value: PlainValue }): Promise<Outcome> {
    return act(input, this.#parts.acts);
  }

  /** Types into an external select; `options` are what the bot offers. */
  typeahead(input: ElementInput & { value: string }): Promise<TypeaheadOutcome> {
    return typeahead(input, this.#parts.acts);
  }

  /** Puts a value into a field of the open modal (or the Home tab) without submitting it. */
  enter(input: EnterInput): Promise<Outcome> {
    return enter(input, this.#parts.acts);
  }

  /** Submits the open modal; `values` goes by block id: texts, an option's value or label, dates, ids, lists of them. */
  submitView(input: {
    user: string;
    viewId?: string;
    values?: Readonly<Record<string, PlainValue>>;
  }): Promise<SubmitOutcome> {
    return submitView(input, this.#parts.acts);
  }

  /** Closes the topmost modal, or all (`isCleared`). */
  closeView(input: { user: string; isCleared?: boolean }): Promise<Outcome> {
    return closeView(input, this.#parts.acts);
  }

  /** Runs a global shortcut, or a message shortcut on `channel` and `ts`. */
  shortcut(input: {
    user: string;
    callbackId: string;
    channel?: string;
    ts?: string;
  }): Promise<Outcome> {
    return runShortcut(input, this.#parts.acts);
  }

  /** Runs a workflow step (`app.function`) and tells how it went so far; `stepResult` has the rest. */
  runStep(input: StepInput): Promise<Outcome & { execution: StepExecution }> {
    return runStep(input, this.#parts.acts);
  }

  /** How a workflow step ended; still running when it did not. */
  stepResult(executionId: string): StepExecution | undefined {
    return structuredClone(this.#parts.acts.workspace.executions.get(executionId));
  }

  /** Opens the details of a link that was unfurled; what the bot presents is in `details`. */
  openDetails(input: { user: string; channel: string; ts: string; url: string }): Promise<Outcome> {
    return openDetails(input, this.#parts.acts);
  }

  /** The Work Object whose details the person sees. */
  details(user: string): Record<string, unknown> | undefined {
    return structuredClone(this.#parts.acts.workspace.details.get(user));
  }

  /** Opens the app's Home tab. */
  openHome(user: string): Promise<Outcome> {
    return openAppTab({ user, tab: "home" }, this.#parts.acts);
  }

  /** Opens the app's Messages tab. */
  openMessagesTab(user: string): Promise<Outcome> {
    return openAppTab({ user, tab: "messages" }, this.#parts.acts);
  }

  /** Invites the bot into a channel. */
  invite(input: { user: string; channel: string }): Promise<Outcome> {
    return inviteBot(input, this.#parts.acts);
  }

  /** Messages of a channel outside of threads, or of one thread with its parent; oldest first, as they stand now. */
  messages(channel: string, { threadTs }: { threadTs?: string } = {}): SlackMessage[] {
    const { workspace } = this.#parts.acts;
    const id = workspace.findChannel(channel)?.id ?? channel;
    const messages =
      threadTs === undefined ? workspace.topLevel(id) : workspace.thread(id, threadTs);
    return structuredClone(messages);
  }

  /** The talk between a person and the bot. */
  directMessages(user: string): SlackMessage[] {
    return this.messages(channelOf(this.#parts.acts, user, "bot").id);
  }

  /** What only this person sees, oldest first; each with the channel it is in. */
  ephemerals(user: string): (SlackMessage & { channel: string })[] {
    const entries = this.#parts.acts.workspace.ephemeralsOf(user);
    return entries.map(({ channel, message }) => ({ ...structuredClone(message), channel }));
  }

  /** The modal on top of the person's screen. */
  currentView(user: string): SlackView | undefined {
    return structuredClone(this.#parts.acts.views.current(user));
  }

  /** The person's Home tab. */
  homeView(user: string): SlackView | undefined {
    return structuredClone(this.#parts.acts.views.home(user));
  }

  /** Everything that went between Slack and the bot. */
  journal(): readonly JournalEntry[] {
    return this.#parts.journal.entries;
  }

  /** The bot's calls of a method (of all methods when absent) that are over, oldest first. */
  calls(method?: string): JournalEntry[] {
    return this.#parts.journal.entries.filter(
      (entry) => entry.kind === "api" && (method === undefined || entry.name === method),
    );
  }

  /** Closes one of the bot's sockets as Slack does from time to time. */
  disconnect(): void {
    this.#parts.disconnect();
  }

  /** Whether the bot is connected, or in HTTP mode has a request URL. */
  isConnected(): boolean {
    return this.#parts.isConnected();
  }

  /**
   * Resolves with what `look` returns as soon as that is neither undefined nor false. It looks again at every change.
   * @throws InputError `playground-wait-over` with the last traffic, when nothing came in time.
   */
  async waitFor<T>(
    look: () => T | undefined | false,
    { timeoutMs = defaultWaitMs, what = "what was expected" } = {},
  ): Promise<T> {
    const { journal } = this.#parts;
    return new Promise<T>((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        unsubscribe();
      };
      const tryNow = (): void => {
        try {
          const found = look();
          if (found === undefined || found === false) return;
          stop();
          resolve(found);
        } catch (thrown) {
          stop();
          reject(toError(thrown));
        }
      };
      const timer = setTimeout(() => {
        stop();
        reject(this.#waitedTooLong(what, timeoutMs));
      }, timeoutMs);
      const unsubscribe = journal.subscribe(tryNow);
      tryNow();
    });
  }

  #waitedTooLong(what: string, timeoutMs: number): InputError {
    const traffic = this.#parts.journal.entries
      .slice(-8)
      .map((entry) => `${entry.kind} ${entry.name}: ${entry.status}`);
    return new InputError(
      "playground-wait-over",
      `Waited ${timeoutMs} ms for ${what}, in vain. The last traffic was: ${traffic.join("; ") || "none"}.`,
    );
  }
}
