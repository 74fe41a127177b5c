import { type Document, isMap, isPair, isScalar, isSeq, type Node } from "yaml";

import { isRecord } from "../base/json.ts";
import type { YamlFault } from "./yaml-reader.ts";

/** A document's plain value with what is wrong about it. The value is absent when it cannot be used. */
export interface YamlValue {
  value?: unknown;
  faults: YamlFault[];
}

/** Turns a document into plain data: no cycles, no prototype keys, no duplicate keys. Never throws. */
export function plainValue(document: Document.Parsed): YamlValue {
  const faults = [...syntaxFaults(document), ...duplicateKeys(document.contents)];
  if (faults.some((fault) => fault.severity === "error")) return { faults };
  const offset = document.contents?.range[0] ?? 0;
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    const state: WalkState = { ancestors: new Set(), seen: new Set(), hasReservedKey: false };
    if (!isTree(value, state)) {
      const message = "an alias contains itself";
      return { faults: [...faults, { offset, code: "yaml-cycle", severity: "error", message }] };
    }
    if (state.hasReservedKey) {
      const message = "the key __proto__ is reserved and was left out";
      faults.push({ offset, code: "yaml-key-reserved", severity: "warning", message });
    }
    return { value, faults };
  } catch {
    // toJS throws only for aliases: an unknown name, or an expansion beyond the limit.
    const message = "an alias (*name) names no anchor before it, or the aliases expand too far";
    return { faults: [...faults, { offset, code: "yaml-aliases", severity: "error", message }] };
  }
}

/** The first error (what follows is mostly its echo) and all warnings. */
function syntaxFaults(document: Document.Parsed): YamlFault[] {
  const [error] = document.errors;
  const warnings = document.warnings.map((warning) => ({
    offset: warning.pos[0],
    code: "yaml-tag-unknown",
    severity: "warning" as const,
    message: `${oneLine(warning.message)}; the value is read without it`,
  }));
  if (error === undefined) return warnings;
  return [
    {
      offset: error.pos[0],
      code: "yaml-syntax",
      severity: "error",
      message: `invalid YAML: ${oneLine(error.message)}`,
    },
    ...warnings,
  ];
}

function oneLine(message: string): string {
  const line = message.replace(/\s+/g, " ").trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}

/** Every key that stands twice in one mapping. */
function duplicateKeys(root: Node | null): YamlFault[] {
  const faults: YamlFault[] = [];
  const visit = (node: unknown): void => {
    if (isSeq(node)) node.items.forEach(visit);
    if (!isMap(node)) return;
    const keys = new Set<string>();
    for (const pair of node.items) {
      const key = keyText(pair.key);
      if (key !== undefined && keys.has(key)) {
        faults.push({
          offset: isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0,
          code: "yaml-duplicate-key",
          severity: "error",
          message: `the key “${key}” stands twice in the same mapping`,
          fix: "remove one of the two",
        });
      }
      if (key !== undefined) keys.add(key);
      if (isPair(pair)) visit(pair.value);
    }
  };
  visit(root);
  return faults;
}

interface WalkState {
  ancestors: Set<object>;
  seen: Set<object>;
  hasReservedKey: boolean;
}

/** False when a value contains itself; drops `__proto__` keys on the way. Depth is bounded by the reader. */
function isTree(value: unknown, state: WalkState): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (state.ancestors.has(value)) return false;
  if (state.seen.has(value)) return true;
  state.seen.add(value);
  if (isRecord(value) && Object.hasOwn(value, "__proto__")) {
    delete value["__proto__"];
    state.hasReservedKey = true;
  }
  state.ancestors.add(value);
  const isFinite = Object.values(value).every((child) => isTree(child, state));
  state.ancestors.delete(value);
  return isFinite;
}

function keyText(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}
