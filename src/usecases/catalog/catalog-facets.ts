import type { Catalog, CatalogEntity } from "../../catalog/model.ts";

/** What a list can be limited by: every tag, lifecycle and type that occurs, and who carries it. */
export interface CatalogFacets {
  /** Entities of each kind, in lower case, in the catalog's order. */
  ofKind(kind: string): readonly CatalogEntity[];
  /** Entities that carry a tag, lifecycle or type, in lower case; undefined when nobody does. */
  withTrait(trait: string): ReadonlySet<CatalogEntity> | undefined;
  /** Whether some entity is of this `spec.type`. */
  hasType(type: string): boolean;
}

/** Builds the facets of a catalog in one pass. */
export function buildCatalogFacets(catalog: Catalog): CatalogFacets {
  const builder = createFacetsBuilder();
  for (const entity of catalog.entities.values()) builder.add(entity);
  return builder.facets;
}

/** The same, and others get their turn in between: `pause` is called now and then. */
export async function buildCatalogFacetsInTurns(
  catalog: Catalog,
  pause: () => Promise<void>,
): Promise<CatalogFacets> {
  const builder = createFacetsBuilder();
  let count = 0;
  for (const entity of catalog.entities.values()) {
    builder.add(entity);
    count += 1;
    if (count % 500 === 0) await pause();
  }
  return builder.facets;
}

function createFacetsBuilder(): { add(entity: CatalogEntity): void; facets: CatalogFacets } {
  const byKind = new Map<string, CatalogEntity[]>();
  const byTrait = new Map<string, Set<CatalogEntity>>();
  const types = new Set<string>();
  const add = (entity: CatalogEntity): void => {
    const kind = entity.entity.kind.toLowerCase();
    const ofKind = byKind.get(kind);
    if (ofKind === undefined) byKind.set(kind, [entity]);
    else ofKind.push(entity);
    const type = typeOf(entity);
    if (type !== "") types.add(type);
    for (const trait of traitsOf(entity)) {
      const carriers = byTrait.get(trait);
      if (carriers === undefined) byTrait.set(trait, new Set([entity]));
      else carriers.add(entity);
    }
  };
  return {
    add,
    facets: {
      ofKind: (kind) => byKind.get(kind) ?? [],
      withTrait: (trait) => byTrait.get(trait),
      hasType: (type) => types.has(type),
    },
  };
}

/** `spec.type` in lower case; empty when there is none. */
export function typeOf(entity: CatalogEntity): string {
  const type = entity.entity.spec?.["type"];
  return typeof type === "string" ? type.toLowerCase() : "";
}

function traitsOf(entity: CatalogEntity): string[] {
  const lifecycle = entity.entity.spec?.["lifecycle"];
  return [
    ...(entity.entity.metadata.tags ?? []).map((tag) => tag.toLowerCase()),
    typeof lifecycle === "string" ? lifecycle.toLowerCase() : "",
    typeOf(entity),
  ].filter((trait) => trait !== "");
}
