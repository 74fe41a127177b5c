import { createHash } from "node:crypto";

import { ok, type Reply } from "./replies.ts";
import { type Call, type Handler, param } from "./router.ts";
import { repositoryShape } from "./shapes.ts";
import { accountOf, fullName } from "./world.ts";

/** The repositories of an organisation, in pages with ETags. */
export const listingRoutes: Record<string, Handler> = {
  "GET /orgs/{org}/repos": (call) => {
    const owner = accountOf(call.world, param(call, "org"));
    const repositories = call.world.repositories
      .filter((repository) => repository.owner === owner && !repository.isHidden)
      .toSorted((a, b) => (fullName(a).toLowerCase() < fullName(b).toLowerCase() ? -1 : 1));
    return page(call, repositories, (repository) => repositoryShape(call.world, repository));
  },
};

function page<T>(call: Call, all: readonly T[], shape: (item: T) => unknown): Reply {
  const size = Math.min(100, Number(call.query.get("per_page") ?? 30));
  const number = Number(call.query.get("page") ?? 1);
  const items = all.slice((number - 1) * size, number * size).map(shape);
  const digest = createHash("sha256").update(JSON.stringify(items)).digest("hex");
  const etag = `W/"${digest}"`;
  if (call.ifNoneMatch === etag) return { status: 304, headers: { etag } };
  const next = `${call.world.apiUrl}/next?page=${number + 1}`;
  const link = number * size < all.length ? { link: `<${next}>; rel="next"` } : {};
  return { ...ok(items), headers: { etag, ...link } };
}
