import type { Logger } from "../base/logger.ts";
import type { Catalog } from "../catalog/model.ts";
import { canonicalRef } from "../catalog/ref.ts";
import type { FileConfig } from "../config/schema.ts";
import { unknownGroups } from "../usecases/approvals/unknown-groups.ts";

/** Warns of groups in callboard.yaml that the catalog does not have: nobody of them can approve, operate or be allowed anything. */
export function reportUnknownGroups(
  { approvals, policy, operators }: FileConfig,
  catalog: Catalog,
  logger: Logger,
): void {
  const named = [
    ...approvals.flatMap(({ groups }) => groups),
    ...(policy?.rules ?? []).flatMap(({ groups = [] }) => groups),
    ...operators,
  ];
  const refs = named.map((name) => canonicalRef(name, { defaultKind: "group" }) ?? name);
  const groups = unknownGroups(refs, catalog);
  if (groups.length > 0)
    logger.warn({ groups }, "callboard.yaml names groups that the catalog does not have");
}
