import { ForbiddenError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import { parseCatalogFile } from "../../catalog/read-file.ts";

/** Kinds that say who somebody is, what groups they are in, and what can be run. */
const reservedKinds: ReadonlySet<string> = new Set(["user", "group", "template"]);

/**
 * Refuses a file that a run wants to register and that would decide about people's rights: a policy and approvals go by users and groups, and
 * whoever runs a template may have written what it registers. These kinds come from the operator's sources only, as in a new Backstage.
 * @throws ForbiddenError `catalog-kind-refused`
 */
export function assertRegistrable(url: string, text: string): void {
  const { documents } = parseCatalogFile({ file: url, base: url, text }, false);
  for (const { value } of documents) {
    const kind = isRecord(value) ? value["kind"] : undefined;
    if (typeof kind !== "string" || !reservedKinds.has(kind.trim().toLowerCase())) continue;
    throw new ForbiddenError(
      "catalog-kind-refused",
      `${url} holds a ${kind.trim()}, which no run may put into the catalog`,
      { hint: "whoever runs Callboard takes such files in as a source under catalog.sources" },
    );
  }
}
