import { isRecord } from "../../base/json.ts";

/** One thing that Slack would refuse, with the place in JSON pointer form (`/blocks/0/text/text`). */
export interface Problem {
  pointer: string;
  message: string;
}

/** Looks at a value and reports what is wrong with it. */
export type Check = (value: unknown, pointer: string, report: (problem: Problem) => void) => void;

/** Runs a check and collects its findings. */
export function runCheck(check: Check, value: unknown, pointer: string): Problem[] {
  const problems: Problem[] = [];
  check(value, pointer, (problem) => problems.push(problem));
  return problems;
}

/** Slack's wording, as in `response_metadata.messages`. */
export function formatProblem(problem: Problem): string {
  return `[ERROR] ${problem.message} [json-pointer:${problem.pointer}]`;
}

/** A string of `min` (1) to `max` characters. */
export function string(max: number, min = 1): Check {
  return (value, pointer, report) => {
    if (typeof value !== "string") {
      report({ pointer, message: "must provide a string" });
      return;
    }
    if (value.length < min) report({ pointer, message: `must be more than ${min - 1} characters` });
    if (value.length > max) report({ pointer, message: `must be less than ${max + 1} characters` });
  };
}

/** A string of a given form; `expected` finishes the sentence “must be …”. */
export function pattern(form: RegExp, expected: string, max = 3000): Check {
  const isText = string(max);
  return (value, pointer, report) => {
    isText(value, pointer, report);
    if (typeof value === "string" && !form.test(value)) {
      report({ pointer, message: `must be ${expected}` });
    }
  };
}

/** An absolute URL of a scheme that Slack opens. */
export function url(max = 3000): Check {
  const isText = string(max);
  return (value, pointer, report) => {
    isText(value, pointer, report);
    if (typeof value !== "string") return;
    const scheme = URL.canParse(value) ? new URL(value).protocol : "";
    if (!["http:", "https:", "mailto:", "slack:", "tel:"].includes(scheme)) {
      report({ pointer, message: "invalid url" });
    }
  };
}

/** `true` or `false`. */
export const flag: Check = (value, pointer, report) => {
  if (typeof value !== "boolean") report({ pointer, message: "must provide a boolean" });
};

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): Check {
  return (value, pointer, report) => {
    if (typeof value !== "number" || !Number.isInteger(value)) {
      report({ pointer, message: "must provide an integer" });
    } else if (value < min || value > max) {
      report({ pointer, message: `must be between ${min} and ${max}` });
    }
  };
}

/** Any number. */
export const number: Check = (value, pointer, report) => {
  if (typeof value !== "number") report({ pointer, message: "must provide a number" });
};

/** One of these strings. */
export function oneOf(...allowed: string[]): Check {
  return (value, pointer, report) => {
    if (typeof value !== "string" || !allowed.includes(value)) {
      report({ pointer, message: `must be a valid enum value: ${allowed.join(", ")}` });
    }
  };
}

/** A list of `min` (1) to `max` items. */
export function list(item: Check, max: number, min = 1): Check {
  return (value, pointer, report) => {
    if (!Array.isArray(value)) {
      report({ pointer, message: "must provide an array" });
      return;
    }
    if (value.length < min) report({ pointer, message: `must contain at least ${min} items` });
    if (value.length > max) report({ pointer, message: `no more than ${max} items allowed` });
    for (const [index, entry] of value.entries()) item(entry, `${pointer}/${index}`, report);
  };
}

/** The fields of an object: those that must be there and those that may. */
export interface Fields {
  required?: Record<string, Check>;
  optional?: Record<string, Check>;
  /** What depends on several fields; called when each field for itself was looked at. */
  also?: (
    value: Record<string, unknown>,
    pointer: string,
    report: (problem: Problem) => void,
  ) => void;
}

/** An object with these fields and no others. */
export function object(fields: Fields): Check {
  const known = { ...fields.required, ...fields.optional };
  return (value, pointer, report) => {
    if (!isRecord(value)) {
      report({ pointer, message: "must provide an object" });
      return;
    }
    for (const name of Object.keys(fields.required ?? {})) {
      if (value[name] === undefined || value[name] === null) {
        report({ pointer, message: `missing required field: ${name}` });
      }
    }
    for (const [name, entry] of Object.entries(value)) {
      if (entry === undefined || entry === null) continue;
      const check = Object.hasOwn(known, name) ? known[name] : undefined;
      if (check === undefined) {
        report({ pointer, message: `invalid additional property: ${name}` });
      } else {
        check(entry, `${pointer}/${name}`, report);
      }
    }
    fields.also?.(value, pointer, report);
  };
}

/** An object whose `type` picks what it must look like. */
export function byType(kinds: Record<string, Fields>): Check {
  const checks = new Map(
    Object.entries(kinds).map(([type, fields]) => {
      const required = { type: oneOf(type), ...fields.required };
      return [type, object({ ...fields, required })];
    }),
  );
  return (value, pointer, report) => {
    const type = isRecord(value) ? value["type"] : undefined;
    const check = typeof type === "string" ? checks.get(type) : undefined;
    if (check === undefined) {
      report({ pointer, message: `unsupported type: ${String(type)}` });
    } else {
      check(value, pointer, report);
    }
  };
}

/** Passes when one of the fields is there. */
export function needsOneOf(...names: string[]): NonNullable<Fields["also"]> {
  return (value, pointer, report) => {
    if (names.every((name) => value[name] === undefined)) {
      report({ pointer, message: `missing required field: ${names.join(" or ")}` });
    }
  };
}
