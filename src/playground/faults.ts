import { InputError } from "../base/errors.ts";

/** What may go wrong when the bot calls a method. */
export type ApiFault = "lost-reply" | "dropped" | "429" | "500" | "503" | "slow" | "error";
/** What may go wrong when we deliver to the bot. */
type DeliveryFault = "lost-ack" | "duplicate" | "disconnect";

/** A planned mishap of the next `times` calls of a method. */
export interface ApiFaultPlan {
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

/** A planned mishap of the next `times` deliveries to the bot. */
export interface DeliveryFaultPlan {
  /** `events_api`, `slash_commands`, `interactive`; any when absent. */
  delivery?: string;
  /** `lost-ack`: the bot's answer is ignored. `duplicate`: sent twice. `disconnect`: the socket closes after sending. */
  fault: DeliveryFault;
  times?: number;
}

/** Any planned mishap. */
export type FaultPlan = ApiFaultPlan | DeliveryFaultPlan;

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
  takeForMethod(method: string): ApiFaultPlan | undefined {
    return this.#take(
      (plan): plan is ApiFaultPlan =>
        isApiFault(plan) && (plan.method === undefined || plan.method === method),
    );
  }

  /** The mishap that meets this delivery, if one is planned. */
  takeForDelivery(kind: string): DeliveryFaultPlan | undefined {
    return this.#take(
      (plan): plan is DeliveryFaultPlan =>
        !isApiFault(plan) && (plan.delivery === undefined || plan.delivery === kind),
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

function isApiFault(plan: FaultPlan): plan is ApiFaultPlan {
  return apiFaults.has(plan.fault);
}
