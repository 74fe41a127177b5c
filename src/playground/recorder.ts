import type { ActContext } from "./acts/context.ts";
import { BoundedMap } from "./bounded-map.ts";
import type { Change } from "./journal.ts";
import type { SlackView, StateValue } from "./slack-shapes.ts";

/** How much of a conversation is kept. */
const stepsKept = 500;
const textShown = 120;

/** One thing that happened: somebody did something, or the bot showed something. */
export type Step =
  | { kind: "act"; name: string; input: Record<string, unknown> }
  | { kind: "message"; channel: string; text: string; threadOf?: string }
  | { kind: "ephemeral"; user: string; text: string }
  | { kind: "modal"; user: string; title: string };

/** Writes down what people do on the page and what the bot answers, so that it can be played again as a test. */
export class Recorder {
  readonly #context: ActContext;
  readonly #steps: Step[] = [];
  /** Messages that were there already; an edit is no new step. */
  readonly #seen = new BoundedMap<string, true>(10_000);

  constructor(context: ActContext) {
    this.#context = context;
    context.workspace.journal.subscribe((change) => this.#notice(change));
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** Somebody does something. A text that is merely typed is no step: the form's submission carries it. */
  act(name: string, input: unknown): void {
    if (typeof input !== "object" || input === null) return;
    const record: Record<string, unknown> = { ...input };
    if (name === "typeahead" || name === "openTab" || record["isSilent"] === true) return;
    if (name === "submit") record["values"] = this.#valuesOf(String(record["user"]));
    delete record["viewId"];
    this.#push({ kind: "act", name, input: this.#withoutTs(record) });
  }

  /** The message's timestamp will be another one: its thread is found by the parent's text, its buttons by their ids. */
  #withoutTs(input: Record<string, unknown>): Record<string, unknown> {
    const { ts: _ts, threadTs, ...rest } = input;
    if (typeof threadTs !== "string") return rest;
    const parent = this.#context.workspace.find(String(rest["channel"]), threadTs);
    return { ...rest, threadOf: parent?.text ?? "" };
  }

  #valuesOf(user: string): Record<string, unknown> {
    const view = this.#context.views.current(user);
    return view === undefined ? {} : plainValues(view);
  }

  #notice(change: Change): void {
    if (change.type === "message") this.#noticeMessage(change.channel, change.ts);
    else if (change.type === "ephemeral") this.#noticeEphemeral(change);
    else if (change.type === "modal") this.#noticeModal(change.user);
  }

  #noticeMessage(channel: string, ts: string): void {
    const { workspace } = this.#context;
    const message = workspace.find(channel, ts);
    if (message?.bot_id === undefined || this.#isKnown(ts)) return;
    const { thread_ts: threadTs = ts } = message;
    const parent = threadTs === ts ? undefined : workspace.find(channel, threadTs);
    const thread = parent === undefined ? {} : { threadOf: parent.text };
    this.#push({ kind: "message", channel, text: message.text, ...thread });
  }

  #noticeEphemeral({ channel, user, ts }: { channel: string; user: string; ts: string }): void {
    const entry = this.#context.workspace.findEphemeral(channel, user, ts);
    if (entry === undefined || this.#isKnown(ts)) return;
    this.#push({ kind: "ephemeral", user, text: entry.message.text });
  }

  #noticeModal(user: string): void {
    const view = this.#context.views.current(user);
    if (view === undefined || this.#isKnown(view.hash)) return;
    this.#push({ kind: "modal", user, title: view.title.text });
  }

  #isKnown(key: string): boolean {
    if (this.#seen.has(key)) return true;
    this.#seen.set(key, true);
    return false;
  }

  #push(step: Step): void {
    this.#steps.push(step);
    if (this.#steps.length > stepsKept) this.#steps.shift();
  }
}

/** What stands in a form, as `driver.submitView` takes it. */
function plainValues(view: SlackView): Record<string, unknown> {
  const entries = Object.entries(view.state.values).flatMap(([blockId, actions]) => {
    const [value] = Object.values(actions);
    const plain = value === undefined ? undefined : plainValue(value);
    return plain === undefined ? [] : [[blockId, plain] as const];
  });
  return Object.fromEntries(entries);
}

function plainValue(value: StateValue): unknown {
  const { type: _type, selected_option: option, selected_options: options, ...rest } = value;
  if (options !== undefined) return options.length === 0 ? undefined : options.map((o) => o.value);
  if (option !== undefined) return option?.value;
  return Object.values(rest).find((held) => held !== null && held !== undefined);
}

const methods: Readonly<Record<string, string>> = {
  submit: "submitView",
  close: "closeView",
};

/** The conversation as a test: what people did, and after each act what the bot showed. */
export function renderTest(steps: readonly Step[]): string {
  return [
    'import { expect, test } from "@jest/globals";',
    'import type { Driver } from "callboard/testing";',
    'import { startBot } from "./start-bot.ts"; // yours: starts the bot on createPlayground()',
    "",
    "/** The thread below the message with this text. */",
    "function threadOf(driver: Driver, channel: string, text: string): string {",
    '  return driver.messages(channel).find((m) => m.text === text)?.ts ?? "";',
    "}",
    "",
    'test("the recorded conversation", async () => {',
    "  const { driver, close } = await startBot();",
    "",
    ...steps.map((step) => renderStep(step)),
    "",
    '  expect(driver.calls().filter((call) => call.status !== "ok")).toEqual([]);',
    "  await close();",
    "});",
    "",
  ].join("\n");
}

function renderStep(step: Step): string {
  if (step.kind !== "act") return `  await driver.waitFor(() => ${renderExpectation(step)});`;
  const { threadOf, ...input } = step.input;
  const fields = Object.entries(input).map(([name, value]) => `${name}: ${quote(value)}`);
  if (typeof threadOf === "string") {
    fields.push(`threadTs: threadOf(driver, ${quote(input["channel"])}, ${quote(threadOf)})`);
  }
  return `  await driver.${methods[step.name] ?? step.name}({ ${fields.join(", ")} });`;
}

function renderExpectation(step: Exclude<Step, { kind: "act" }>): string {
  if (step.kind === "modal") {
    return `driver.currentView(${quote(step.user)})?.title.text === ${quote(step.title)}`;
  }
  const found = `.some((m) => ${startsLike(step.text)})`;
  if (step.kind === "ephemeral") return `driver.ephemerals(${quote(step.user)})${found}`;
  const channel = quote(step.channel);
  const thread =
    step.threadOf === undefined ? "" : `, ${threadArgument(step.channel, step.threadOf)}`;
  return `driver.messages(${channel}${thread})${found}`;
}

function threadArgument(channel: string, threadOf: string): string {
  return `{ threadTs: threadOf(driver, ${quote(channel)}, ${quote(threadOf)}) }`;
}

/** Ids and times at the end of a long text would differ the next time. */
function startsLike(text: string): string {
  return text.length <= textShown
    ? `m.text === ${quote(text)}`
    : `m.text.startsWith(${quote(text.slice(0, textShown))})`;
}

function quote(value: unknown): string {
  return JSON.stringify(value);
}
