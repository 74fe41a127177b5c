import { relationTargets, type Catalog, type CatalogEntity } from "../../catalog/model.ts";
import { canonicalRef } from "../../catalog/ref.ts";

/** A schedule: one of the configured sources, and which of its schedules. */
export interface ScheduleTarget {
  source: string;
  /** Empty for a source's only schedule. */
  key: string;
}

/** A schedule with the entity that it is the schedule of, and where that is written. */
export interface FoundSchedule {
  target: ScheduleTarget;
  holder: CatalogEntity;
  /** Path into the holder; absent when the configuration says so. */
  path?: readonly string[];
}

/** Finds the schedule that counts for an entity, given itself and its owner as `holdersOf` lists them. */
export type FindSchedule = (
  holders: readonly (CatalogEntity | undefined)[],
) => FoundSchedule | undefined;

/** PagerDuty's own annotations, as Backstage's plugin reads them, and the kind of key that each holds. */
const pagerDutyKeys = [
  ["pagerduty.com/schedule-id", "schedule"],
  ["pagerduty.com/escalation-policy-id", "policy"],
  ["pagerduty.com/service-id", "service"],
  ["pagerduty.com/integration-key", "integration"],
] as const;

const ownAnnotation = "callboard.dev/on-call";

/**
 * Creates the finder. `sources` are the ids of the configured sources with their kinds; `entities` what the configuration says,
 * reference to `source` or `source:key`. Annotations win over the configuration, for each entity in turn.
 */
export function createScheduleFinder(
  sources: ReadonlyMap<string, string>,
  entities: Readonly<Record<string, string>>,
): FindSchedule {
  const pagerDuty = [...sources].find(([, kind]) => kind === "pagerduty")?.[0];
  const configured = new Map(
    Object.entries(entities).map(([ref, text]) => [
      canonicalRef(ref, { defaultKind: "component" }) ?? ref.toLowerCase(),
      text,
    ]),
  );
  return (holders) => {
    const present = holders.filter((holder) => holder !== undefined);
    const found = present
      .map((holder) => annotated(holder, sources, pagerDuty))
      .find((each) => each !== undefined);
    if (found !== undefined) return found;
    for (const holder of present) {
      const target = parseTarget(configured.get(holder.ref) ?? "", sources);
      if (target !== undefined) return { target, holder };
    }
    return undefined;
  };
}

function annotated(
  holder: CatalogEntity,
  sources: ReadonlyMap<string, string>,
  pagerDuty: string | undefined,
): FoundSchedule | undefined {
  const annotations = holder.entity.metadata.annotations ?? {};
  const own = parseTarget(annotations[ownAnnotation] ?? "", sources);
  if (own !== undefined)
    return { target: own, holder, path: ["metadata", "annotations", ownAnnotation] };
  if (pagerDuty === undefined) return undefined;
  for (const [annotation, kind] of pagerDutyKeys) {
    const id = annotations[annotation];
    if (typeof id !== "string" || id.trim() === "") continue;
    const target = { source: pagerDuty, key: `${kind}:${id.trim()}` };
    return { target, holder, path: ["metadata", "annotations", annotation] };
  }
  return undefined;
}

/** `rota` or `rota:payments`, where a source is called so; any other text is for people to read. */
export function parseTarget(
  text: unknown,
  sources: ReadonlyMap<string, string>,
): ScheduleTarget | undefined {
  if (typeof text !== "string") return undefined;
  const colon = text.indexOf(":");
  const source = (colon < 0 ? text : text.slice(0, colon)).trim();
  if (!sources.has(source)) return undefined;
  return { source, key: colon < 0 ? "" : text.slice(colon + 1).trim() };
}

/** An entity, then whoever owns it; of a part without an owner, its system's owner. */
export function holdersOf(catalog: Catalog, entity: CatalogEntity): (CatalogEntity | undefined)[] {
  const owner = relationTargets(entity, "ownedBy")[0];
  if (owner !== undefined) return [entity, catalog.entities.get(owner)];
  const wholes = relationTargets(entity, "partOf").map((ref) => catalog.entities.get(ref));
  const owners = wholes.flatMap((whole) =>
    whole === undefined ? [] : relationTargets(whole, "ownedBy").slice(0, 1),
  );
  return [entity, ...wholes, ...owners.map((ref) => catalog.entities.get(ref))];
}
