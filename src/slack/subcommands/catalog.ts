import { NotFoundError } from "../../base/errors.ts";
import type { CatalogService } from "../../usecases/services.ts";
import type { SlackContext } from "../context.ts";
import { requesterOf } from "../handlers/requester.ts";
import { renderAccepted } from "../views/status-view.ts";
import { statusCommand } from "./status.ts";
import type { Subcommand } from "./subcommand.ts";

/** How each source of the catalog stands. */
export const catalogCommand: Subcommand = {
  ...statusCommand,
  name: "catalog",
  usage: "/callboard catalog",
  isListed: false,
};

/** The same in the terminal's words. */
export const catalogStatusCommand: Subcommand = { ...catalogCommand, name: "catalog status" };

/** Lets readings through that are held back because too many entities are missing from them. */
export const acceptCommand: Subcommand = {
  name: "catalog accept",
  usage: "/callboard catalog accept [source]",
  what: "lets a reading through that lost too many entities",
  who: "operators",
  action: "accept-catalog",
  takes: () => true,
  async answer({ context, asker, rest }) {
    const source = rest === "" ? undefined : rest;
    const taken = await catalogOf(context).accept(
      source,
      await requesterOf(context, asker.slackUserId),
    );
    const ids = taken.map(({ id }) => id);
    context.logger.info(
      { sources: ids, slackUserId: asker.slackUserId },
      "held back reading accepted",
    );
    return renderAccepted(taken);
  },
};

/** @throws NotFoundError `catalog-elsewhere` */
export function catalogOf({ services }: SlackContext): CatalogService {
  if (services.catalog !== undefined) return services.catalog;
  throw new NotFoundError("catalog-elsewhere", "this process does not read the catalog");
}
