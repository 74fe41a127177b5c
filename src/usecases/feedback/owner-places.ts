import type { Catalog } from "../../catalog/model.ts";
import type { WellKnown } from "../../catalog/well-known.ts";
import { ownerOf } from "../answers/answer-parts.ts";

/** Where to write to whoever owns a thing, best first: a channel's id, `#name`, or a person's Slack id. */
export function placesOfOwner(
  ref: string,
  { catalog, wellKnown }: { catalog: Catalog; wellKnown: WellKnown },
): string[] {
  const entity = catalog.entities.get(ref);
  if (entity === undefined) return [];
  const holders = [ownerOf(catalog, entity)?.entity, entity];
  const places = holders.flatMap((holder) => {
    if (holder === undefined) return [];
    const channel = wellKnown.slackChannel(holder);
    const name = channel?.name === undefined ? undefined : `#${channel.name}`;
    const person = holder.entity.kind === "User" ? wellKnown.slackUserId(holder)?.id : undefined;
    return [channel?.id ?? name, person].filter((place) => place !== undefined);
  });
  return [...new Set(places)];
}
