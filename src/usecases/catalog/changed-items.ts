import { createPause } from "../../base/pause.ts";
import {
  type Catalog,
  type CatalogEntity,
  displayName,
  relationTargets,
} from "../../catalog/model.ts";
import type { WellKnown } from "../../catalog/well-known.ts";
import type { SearchItem } from "../../search/search-item.ts";
import { sectionId } from "../documents/document-library.ts";
import type { Document } from "../documents/documents.ts";
import { entityItem, hiddenKinds, sectionItems } from "./search-items.ts";

/** What an index is built over. */
export interface Indexed {
  catalog: Catalog;
  documents: readonly Document[];
}

/** What differs between two catalogs, as far as it can be found. */
export interface ChangedItems {
  /** As they are now; those that are new included. */
  items: SearchItem[];
  /** Ids of items that are no more, or are others now. */
  gone: Set<string>;
}

/** Finds what an index over `before` lacks of `now`; stops when there is more than `most`. */
export async function changedItems(
  before: Indexed,
  now: Indexed,
  options: { wellKnown: WellKnown; most: number },
): Promise<ChangedItems> {
  const changed: ChangedItems = { items: [], gone: new Set() };
  await addEntities(changed, before, now, options);
  await addDocuments(changed, before.documents, now.documents);
  return changed;
}

async function addEntities(
  changed: ChangedItems,
  before: Indexed,
  now: Indexed,
  { wellKnown, most }: { wellKnown: WellKnown; most: number },
): Promise<void> {
  const pause = createPause();
  const [old, present] = [before.catalog.entities, now.catalog.entities];
  for (const ref of await touchedRefs(old, present)) {
    await pause();
    const known = old.get(ref);
    const entity = present.get(ref);
    const item = entity && itemOf(entity, now.catalog, wellKnown);
    const knownItem = known && itemOf(known, before.catalog, wellKnown);
    if (JSON.stringify(knownItem) === JSON.stringify(item)) continue;
    if (knownItem !== undefined) changed.gone.add(ref);
    if (item !== undefined) changed.items.push(item);
    if (changed.items.length > most) return;
  }
}

function itemOf(
  entity: CatalogEntity,
  catalog: Catalog,
  wellKnown: WellKnown,
): SearchItem | undefined {
  return hiddenKinds.has(entity.entity.kind) ? undefined : entityItem(entity, catalog, wellKnown);
}

/** Entities that may be found otherwise than before: what a team owns and a system consists of is found by its name too. */
async function touchedRefs(
  old: Catalog["entities"],
  present: Catalog["entities"],
): Promise<Set<string>> {
  const pause = createPause();
  const refs = new Set<string>();
  const touch = (entity: CatalogEntity, isNameNew: boolean): void => {
    refs.add(entity.ref);
    if (!isNameNew) return;
    for (const relation of ["ownerOf", "hasPart"])
      for (const target of relationTargets(entity, relation)) refs.add(target);
  };
  for (const [ref, entity] of present) {
    await pause();
    const known = old.get(ref);
    if (known !== entity)
      touch(entity, known === undefined || displayName(known) !== displayName(entity));
  }
  for (const [ref, entity] of old) {
    await pause();
    if (!present.has(ref)) touch(entity, true);
  }
  return refs;
}

/** Documents of one entity stay together, so that their order is kept. */
async function addDocuments(
  changed: ChangedItems,
  before: readonly Document[],
  now: readonly Document[],
): Promise<void> {
  const pause = createPause();
  const known = new Map(before.map((document) => [document.path, document]));
  const parents = new Set<string>();
  const paths = new Set<string>();
  const note = ({ path, refs: [parent] }: Document): void => {
    if (parent === undefined) paths.add(path);
    else parents.add(parent);
  };
  for (const document of now) {
    await pause();
    const old = known.get(document.path);
    known.delete(document.path);
    if (old !== undefined && isSame(old, document)) continue;
    note(document);
    if (old !== undefined) note(old);
  }
  for (const removed of known.values()) note(removed);
  const isMeant = ({ path, refs: [parent] }: Document): boolean =>
    parent === undefined ? paths.has(path) : parents.has(parent);
  for (const document of before.filter(isMeant))
    for (const { anchor } of document.sections) changed.gone.add(sectionId(document.path, anchor));
  for (const document of now.filter(isMeant)) {
    await pause();
    changed.items.push(...sectionItems(document));
  }
}

function isSame(before: Document, now: Document): boolean {
  return (
    before.sections === now.sections &&
    before.title === now.title &&
    before.aliases?.join() === now.aliases?.join() &&
    before.refs.join() === now.refs.join() &&
    before.alerts.join() === now.alerts.join()
  );
}
