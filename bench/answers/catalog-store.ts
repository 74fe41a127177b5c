import type { Catalog, CatalogEntity, Entity, Relation } from "../../src/catalog/model.ts";

/** A catalog in the making. */
export interface CatalogStore {
  /** Adds an entity and gives its reference. */
  add(kind: string, name: string, metadata: object, spec: Record<string, unknown>): string;
  relate(from: string, type: string, to: string, reverse: string): void;
  has(kind: string, name: string): boolean;
  build(): Catalog;
}

/** Creates an empty store. */
export function createCatalogStore(): CatalogStore {
  const entities = new Map<string, CatalogEntity>();
  const relationsOf = (ref: string): Relation[] => entities.get(ref)?.relations ?? [];
  return {
    add(kind, name, metadata, spec) {
      const ref = refOf(kind, name);
      const entity: Entity = {
        apiVersion: "backstage.io/v1alpha1",
        kind,
        metadata: { name, ...metadata },
        spec,
      };
      entities.set(ref, {
        ref,
        entity,
        origin: {
          source: "bench",
          file: `catalog/${name}.yaml`,
          base: `/bench/${name}.yaml`,
          line: 1,
          readAtMs: 0,
        },
        relations: [],
        locate: () => ({ line: 1, column: 1 }),
      });
      return ref;
    },
    relate(from, type, to, reverse) {
      relationsOf(from).push({ type, targetRef: to });
      relationsOf(to).push({ type: reverse, targetRef: from });
    },
    has: (kind, name) => entities.has(refOf(kind, name)),
    build: () => ({ entities }),
  };
}

function refOf(kind: string, name: string): string {
  return `${kind}:default/${name}`.toLowerCase();
}
