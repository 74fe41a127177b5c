import { type CatalogEntity, relationTargets } from "../../catalog/model.ts";
import type { WellKnown } from "../../catalog/well-known.ts";
import { briefOf } from "../answers/answer-parts.ts";
import type { EntityBrief } from "../answers/answer.ts";
import type { Snapshot } from "../catalog/snapshot.ts";
import { ownedThings } from "../home.ts";
import type { Tally } from "./day-counts.ts";
import type { Gap } from "./gap.ts";

/** What a team hears of its things once a week. */
export interface TeamDigest {
  team: EntityBrief;
  /** The team's channel: an id, or `#name`. */
  channel: string;
  /** What was asked about, most often first. */
  asked: { brief: EntityBrief; count: number }[];
  /** Asked for in vain, where something of the team was nearest. */
  gaps: Gap[];
  /** Said to be wrong. */
  wrong: Gap[];
  missingRunbooks: EntityBrief[];
  broken: { brief: EntityBrief; findings: number }[];
}

/** What the digests of a week are made from. */
export interface DigestFacts {
  snapshot: Snapshot;
  wellKnown: WellKnown;
  /** Look-ups of the week, by reference. */
  things: Tally;
  gaps: readonly Gap[];
  /** Gaps that were not asked for since are old news. */
  sinceMs: number;
}

/** A team says with this annotation that it wants no digest. */
const annotation = "callboard.dev/digest";

/** The digests of all teams with a channel and something to tell; those that want none are left out. */
export function teamDigests(facts: DigestFacts): TeamDigest[] {
  const { snapshot } = facts;
  const documented = new Set(snapshot.documents.flatMap((document) => document.refs));
  const digests: TeamDigest[] = [];
  for (const entity of snapshot.catalog.entities.values()) {
    if (entity.entity.kind !== "Group" || wantsNone(entity)) continue;
    const found = facts.wellKnown.slackChannel(entity);
    const channel = found?.id ?? (found?.name === undefined ? undefined : `#${found.name}`);
    if (channel === undefined) continue;
    const digest = digestOf(entity, channel, { ...facts, documented });
    if (hasNews(digest)) digests.push(digest);
  }
  return digests;
}

function wantsNone({ entity }: CatalogEntity): boolean {
  const value: unknown = entity.metadata.annotations?.[annotation];
  return String(value).toLowerCase() === "false";
}

function digestOf(
  team: CatalogEntity,
  channel: string,
  facts: DigestFacts & { documented: ReadonlySet<string> },
): TeamDigest {
  const { things, sinceMs } = facts;
  const own = new Set(relationTargets(team, "ownerOf"));
  const owned = ownedThings(team, facts);
  const recent = facts.gaps.filter(
    ({ ref, lastAtMs }) => ref !== undefined && own.has(ref) && lastAtMs >= sinceMs,
  );
  return {
    team: briefOf(team),
    channel,
    asked: owned
      .map(({ brief }) => ({ brief, count: things[brief.ref] ?? 0 }))
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => b.count - a.count),
    gaps: recent.filter(({ kind }) => kind === "unanswered"),
    wrong: recent.filter(({ kind }) => kind === "wrong"),
    missingRunbooks: owned.filter((each) => each.isMissingRunbook).map(({ brief }) => brief),
    broken: owned
      .filter(({ findings }) => findings.length > 0)
      .map(({ brief, findings }) => ({ brief, findings: findings.length })),
  };
}

/** Nobody wants to read every week that nothing happened. */
function hasNews({ asked, gaps, wrong, missingRunbooks, broken }: TeamDigest): boolean {
  return [asked, gaps, wrong, missingRunbooks, broken].some((list) => list.length > 0);
}
