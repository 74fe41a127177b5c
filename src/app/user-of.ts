import type { ActionContext } from "../scaffold/action.ts";
import type { RunRequester } from "../usecases/runs/run-requester.ts";
import type { CatalogState } from "./create-catalog.ts";

/** Who a run is for, as its steps see them, with their User of the present catalog. */
export function userOf(
  { userRef, name }: Pick<RunRequester, "userRef" | "name">,
  catalog: CatalogState,
): ActionContext["user"] {
  if (userRef === undefined) return { name };
  const entity = catalog.snapshot().catalog.entities.get(userRef);
  return { ref: userRef, name, ...(entity === undefined ? {} : { entity }) };
}
