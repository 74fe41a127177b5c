import { randomBytes } from "node:crypto";

import { BoundedMap } from "./bounded-map.ts";
import type { Clock } from "./ids.ts";
import { SlackRefusal } from "./refusal.ts";

/** A trigger id opens one view, within three seconds. */
const triggerLifetimeMs = 3_000;
/** A response URL takes five posts within thirty minutes. */
const responseUrlLifetimeMs = 30 * 60_000;
const responseUrlUses = 5;

/** What a trigger id was given out for. */
export interface Trigger {
  userId: string;
  /** The modal that was on the screen, for `views.push`. */
  viewId?: string;
  /** The channel the person was looking at. */
  channelId?: string;
  /** The link whose details were asked for (`entity_details_requested`). */
  entityUrl?: string;
}

/** Where an answer by response URL goes. */
export interface ResponseTarget {
  userId: string;
  channelId: string;
  /** The message whose button was pressed. */
  source?: { ts: string; isEphemeral: boolean; threadTs?: string };
}

interface Issued<T> {
  issuedAtMs: number;
  uses: number;
  target: T;
}

const ticketsKept = 2_000;

/** Trigger ids and response URLs: given out, used up and expired as Slack does it. */
export class Tickets {
  readonly #clock: Clock;
  readonly #triggers = new BoundedMap<string, Issued<Trigger>>(ticketsKept);
  readonly #urls = new BoundedMap<string, Issued<ResponseTarget>>(ticketsKept);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issueTrigger(target: Trigger): string {
    const id = `${this.#clock()}.${randomDigits(12)}.${randomBytes(16).toString("hex")}`;
    this.#triggers.set(id, { issuedAtMs: this.#clock(), uses: 0, target });
    return id;
  }

  /** Takes a trigger id once. @throws SlackRefusal `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id`. */
  takeTrigger(id: string): Trigger {
    const issued = this.#triggers.get(id);
    if (issued === undefined) throw new SlackRefusal("invalid_trigger_id");
    if (issued.uses > 0) throw new SlackRefusal("exchanged_trigger_id");
    if (this.#clock() - issued.issuedAtMs > triggerLifetimeMs) {
      throw new SlackRefusal("expired_trigger_id");
    }
    issued.uses += 1;
    return issued.target;
  }

  /** Gives out the secret part of a response URL. */
  issueResponseUrl(target: ResponseTarget): string {
    const id = randomBytes(18).toString("base64url");
    this.#urls.set(id, { issuedAtMs: this.#clock(), uses: 0, target });
    return id;
  }

  /** Counts one use. @throws SlackRefusal `used_url`, `expired_url`, `invalid_url`. */
  takeResponseUrl(id: string): ResponseTarget {
    const issued = this.#urls.get(id);
    if (issued === undefined) throw new SlackRefusal("invalid_url");
    if (this.#clock() - issued.issuedAtMs > responseUrlLifetimeMs) {
      throw new SlackRefusal("expired_url");
    }
    if (issued.uses >= responseUrlUses) throw new SlackRefusal("used_url");
    issued.uses += 1;
    return issued.target;
  }
}

function randomDigits(count: number): string {
  return [...randomBytes(count)].map((byte) => String(byte % 10)).join("");
}
