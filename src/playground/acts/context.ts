import { InputError } from "../../base/errors.ts";
import type { Dispatcher } from "../dispatcher.ts";
import type { Settings } from "../settings.ts";
import type { Channel, Person, SlackOption, StateValues } from "../slack-shapes.ts";
import type { Tickets } from "../tickets.ts";
import type { DeliveryResult } from "../transport/contract.ts";
import type { ViewStore } from "../view-store.ts";
import type { Workspace } from "../workspace.ts";

/** What a person's acts work on. */
export interface ActContext {
  workspace: Workspace;
  views: ViewStore;
  tickets: Tickets;
  settings: Settings;
  dispatcher: Dispatcher;
  /** What people have done so far that is not in a view. */
  memory: Memory;
}

/** What a Slack client keeps to itself. */
export interface Memory {
  /** `channel:ts:user` → what was chosen in a message; Slack sends it with every action. */
  messageStates: Map<string, StateValues>;
  /** Options that searches brought, by element; so that choosing one needs no second search. */
  offered: Map<string, SlackOption[]>;
}

/** What comes of an act, as far as Slack's own interface shows it. */
export interface Outcome {
  /** Nothing when all went well; else what Slack shows, such as `operation_timeout` or `dispatch_failed`. */
  error?: string;
  /** More about the error, for people who write the bot. */
  detail?: string;
  /** How long the bot took to acknowledge. */
  ackMs?: number;
  /** What the bot sent with its acknowledgement. */
  ackBody?: unknown;
}

/** The delivery's result as an outcome. */
export function toOutcome(result: DeliveryResult): Outcome {
  if (result.status === "acked") {
    return { ackMs: result.elapsedMs, ...("body" in result ? { ackBody: result.body } : {}) };
  }
  return {
    error: result.status,
    detail: result.status === "dispatch_failed" ? result.reason : "the bot did not answer in time",
  };
}

/** @throws InputError `playground-person-unknown`. */
export function personOf({ workspace }: ActContext, id: string): Person {
  const person = workspace.people.get(id);
  if (person !== undefined) return person;
  throw new InputError("playground-person-unknown", `Nobody here has the id “${id}”.`, {
    hint: `Use one of ${[...workspace.people.keys()].join(", ")}.`,
  });
}

/**
 * A channel in which the person is; `bot` or a direct message's id means the talk with the bot.
 * @throws InputError `playground-channel-unknown`, `playground-not-a-member`.
 */
export function channelOf({ workspace }: ActContext, user: string, name: string): Channel {
  const channel = name === "bot" ? workspace.dmOf(user) : workspace.findChannel(name);
  if (channel === undefined) {
    throw new InputError("playground-channel-unknown", `There is no channel “${name}”.`, {
      hint: `Use one of ${[...workspace.channels.keys()].join(", ")}.`,
    });
  }
  if (channel.members.includes(user)) return channel;
  throw new InputError("playground-not-a-member", `${user} is not in ${channel.name}.`);
}

/** A response URL for this person and place. */
export function responseUrlFor(
  { tickets, settings }: ActContext,
  target: Parameters<Tickets["issueResponseUrl"]>[0],
): string {
  return `${settings.url}/response/${tickets.issueResponseUrl(target)}`;
}
