import { inspect } from "node:util";

/** Wraps a token so that printing, logging or serialising it by accident shows `***`; `reveal()` is greppable. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "***";
  }

  toJSON(): string {
    return "***";
  }

  [inspect.custom](): string {
    return "***";
  }
}
