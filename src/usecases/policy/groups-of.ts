import { type Catalog, relationTargets } from "../../catalog/model.ts";

/**
 * The groups somebody is in by the catalog: those that name them as a member, and all groups above these. Empty for nobody.
 * Canonical references.
 */
export function groupsOf(catalog: Catalog, userRef: string | undefined): ReadonlySet<string> {
  const groups = new Set<string>();
  const user = userRef === undefined ? undefined : catalog.entities.get(userRef);
  const open = user === undefined ? [] : relationTargets(user, "memberOf");
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    if (groups.has(ref)) continue;
    groups.add(ref);
    const group = catalog.entities.get(ref);
    if (group !== undefined) open.push(...relationTargets(group, "childOf"));
  }
  return groups;
}
