import { InputError } from "../base/errors.ts";

/** What may go wrong when the bot calls a method. */
export type ApiFault = "lost-reply" | "dropped" | "429" | "500" | "503" | "slow" | "error";
/** What may go wrong when we deliver to the bot. */
export type DeliveryFault = "lost-ack" | "duplicate" | "disconnect";

/** One planned mishap: the next `times` calls of `method`, or deliveries of a kind, meet it. */
export type FaultPlan =
  | {
      /** `chat.postMessage`; every method when absent. */
      method?: string;
      /**
       * `lost-reply`: done, but the connection breaks before the answer. `dropped`: broken before anything is done.
       * `slow`: done and answered after `delayMs`. `error`: refused with the name in `error`.
       */
      fault: ApiFault;
      /** 1 when absent. */
      times?: number;
      /** For `429`, in seconds; 1 when absent. */
      retryAfterS?: number;
      /** For `slow`; 2,000 when absent. */
      delayMs?: number;
      /** For `error`, such as `channel_not_found`. */
      error?: string;
    }
  | {
      /** `events_api`, `slash_commands`, `interactive`; any when absent. */
      delivery?: string;
      /** `lost-ack`: the bot's answer is ignored. `duplicate`: sent twice. `disconnect`: the socket closes right after sending. */
      fault: DeliveryFault;
      times?: number;
    };

const deliveryFaults = new Set<string>(["lost-ack", "duplicate", "disconnect"]);
const apiFaults = new Set<string>(["lost-reply", "dropped", "429", "500", "503", "slow", "error"]);

/** Keeps the planned mishaps until they have happened. */
export class Faults {
  readonly #plans: { plan: FaultPlan; left: number }[] = [];

  /** Plans a mishap; several plans for the same thing happen in the order they were made. */
  next(plan: FaultPlan): void {
    if (!apiFaults.has(plan.fault) && !deliveryFaults.has(plan.fault)) {
      throw new InputError(
        "playground-fault-unknown",
        `The playground knows no fault named “${plan.fault}”.`,
        { hint: `Use one of ${[...apiFaults, ...deliveryFaults].join(", ")}.` },
      );
    }
    this.#plans.push({ plan, left: plan.times ?? 1 });
  }

  /** Those that have not happened yet. */
  get pending(): readonly FaultPlan[] {
    return this.#plans.map(({ plan, left }) => ({ ...plan, times: left }));
  }

  clear(): void {
    this.#plans.length = 0;
  }

  /** The mishap that meets this call, if one is planned. */
  takeForMethod(method: string): (FaultPlan & { fault: ApiFault }) | undefined {
    return this.#take(
      (plan): plan is FaultPlan & { fault: ApiFault } =>
        apiFaults.has(plan.fault) &&
        (!("method" in plan) || plan.method === undefined || plan.method === method),
    );
  }

  /** The mishap that meets this delivery, if one is planned. */
  takeForDelivery(kind: string): (FaultPlan & { fault: DeliveryFault }) | undefined {
    return this.#take(
      (plan): plan is FaultPlan & { fault: DeliveryFault } =>
        deliveryFaults.has(plan.fault) &&
        (!("delivery" in plan) || plan.delivery === undefined || plan.delivery === kind),
    );
  }

  #take<T extends FaultPlan>(matches: (plan: FaultPlan) => plan is T): T | undefined {
    for (const [index, entry] of this.#plans.entries()) {
      const { plan } = entry;
      if (!matches(plan)) continue;
      entry.left -= 1;
      if (entry.left <= 0) this.#plans.splice(index, 1);
      return plan;
    }
    return undefined;
  }
}
