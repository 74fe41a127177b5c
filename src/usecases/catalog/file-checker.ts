import { createPause } from "../../base/pause.ts";
import {
  type CheckOrder,
  type CheckResult,
  checkText,
  mayName,
  namedTargets,
} from "../../catalog/check-text.ts";
import type { EntityRules } from "../../catalog/rules.ts";
import type { SourceFile } from "../../catalog/sources/contract.ts";

/** Parses and checks catalog files. Never rejects for what a file holds. */
export interface FileChecker {
  /** @param isUrgent True for few and small files: they are not worth a thread. */
  check(order: CheckOrder, isUrgent: boolean): Promise<CheckResult>;
  /** The targets of a file's placeholders and Locations, as written, each once. */
  named(file: SourceFile): Promise<string[]>;
  close(): Promise<void>;
}

/** Checks files at once, with a pause now and then: for commands, and for files that are small. */
export function createPlainChecker(rules: EntityRules): FileChecker {
  const pause = createPause();
  return {
    async check(order) {
      await pause();
      return checkText(order, rules);
    },
    async named(file) {
      if (!mayName(file)) return [];
      await pause();
      return namedTargets(file);
    },
    close: () => Promise.resolve(),
  };
}
