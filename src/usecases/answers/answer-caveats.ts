import { ago } from "../../base/age.ts";
import type { Catalog, CatalogEntity } from "../../catalog/model.ts";
import type { SourceStatus } from "../catalog/catalog-board.ts";
import type { Card } from "./answer.ts";

/** A list names hundreds; whether its parts are old is seen in the first. */
const maxLooked = 200;
const maxCaveats = 3;

/** What an answer rests on. */
interface Standing {
  catalog: Catalog;
  /** How the sources of the catalog stand. */
  sources: readonly SourceStatus[];
  nowMs: number;
}

/** What to know before an answer is believed: which part of it is kept from before something broke, and how old that is. */
export function caveatsOf(card: Card, { catalog, sources, nowMs }: Standing): string[] {
  const caveats = new Set<string>();
  for (const ref of refsIn(card).slice(0, maxLooked)) {
    const entity = catalog.entities.get(ref);
    const caveat = entity === undefined ? undefined : caveatOf(entity, sources, nowMs);
    if (caveat !== undefined) caveats.add(caveat);
  }
  return [...caveats].slice(0, maxCaveats);
}

function caveatOf(
  { origin, entity }: CatalogEntity,
  sources: readonly SourceStatus[],
  nowMs: number,
): string | undefined {
  const age = (): string => ago(origin.readAtMs, nowMs);
  const { name, annotations } = entity.metadata;
  if (annotations?.["backstage.io/orphan"] === "true") {
    return `no file holds ${name} any more: this is what ${origin.file} said, read ${age()}`;
  }
  if (origin.isKept === true) {
    return `${origin.file} is broken: this is what it said of ${name} when it was last sound, read ${age()}`;
  }
  const source = sources.find(({ id }) => id === origin.source);
  if (source?.error !== undefined) {
    return `${origin.source} cannot be read now (${source.error.message}): this was read ${age()}`;
  }
  if (source?.heldBack !== undefined) {
    return `the last reading of ${origin.source} is held back, too much is missing from it: this was read ${age()}`;
  }
  return undefined;
}

/** References of what a card shows as found. */
function refsIn(card: Card): string[] {
  if (card.type === "list") {
    const items = card.groups.flatMap((group) => group.items.map(({ ref }) => ref));
    return card.subject === undefined ? items : [card.subject.ref, ...items];
  }
  if (card.type === "choice") return card.choices.map(({ brief }) => brief.ref);
  if (card.type === "nothing" || card.type === "help") return [];
  const subject = card.subject === undefined ? [] : [card.subject.ref];
  const owner = "owner" in card && card.owner !== undefined ? [card.owner.ref] : [];
  const owns = "owns" in card ? card.owns.map(({ ref }) => ref) : [];
  return [...subject, ...owner, ...owns];
}
