import { type Catalog, relationTargets } from "../catalog/model.ts";
import { formatRef, parseRef } from "../catalog/ref.ts";

/** The people who operate the bot, by their groups in the catalog. */
export interface Operators {
  /** Canonical references of the groups; empty when every full member of the workspace is one. */
  groups: readonly string[];
  /** True for a User in one of the groups or in a group below it. */
  includes(userRef: string | undefined): boolean;
}

/** Creates them from `operators` in callboard.yaml. `catalog` is asked each time, so that answers are never stale. */
export function createOperators(names: readonly string[], catalog: () => Catalog): Operators {
  const groups = names.map((name) => formatRef(parseRef(name, { defaultKind: "Group" })));
  return {
    groups,
    includes: (userRef) => userRef !== undefined && isBelow(catalog(), userRef, groups),
  };
}

/** Walks up from a person to all their groups; each is looked at once, so that cycles end. */
function isBelow(catalog: Catalog, userRef: string, wanted: readonly string[]): boolean {
  const seen = new Set([userRef]);
  for (const ref of seen) {
    if (wanted.includes(ref)) return true;
    const entity = catalog.entities.get(ref);
    if (entity === undefined) continue;
    const above = [...relationTargets(entity, "memberOf"), ...relationTargets(entity, "childOf")];
    for (const each of above) seen.add(each);
  }
  return false;
}
