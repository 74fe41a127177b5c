/**
 * The shapes of the catalog, as Backstage defines them.
 * @see https://backstage.io/docs/features/software-catalog/descriptor-format
 */

/** A document of a catalog file after parsing and checking. Unknown fields are kept. */
export interface Entity {
  apiVersion: string;
  kind: string;
  metadata: EntityMetadata;
  spec?: Record<string, unknown>;
}

export interface EntityMetadata {
  name: string;
  /** Absent means `default`. */
  namespace?: string;
  title?: string;
  description?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  tags?: string[];
  links?: EntityLink[];
  [extra: string]: unknown;
}

export interface EntityLink {
  url: string;
  title?: string;
  icon?: string;
  type?: string;
}

/** Relation types as Backstage writes them, such as `ownedBy`; each has a reverse. */
export interface Relation {
  type: string;
  /** Canonical reference; the target need not exist. */
  targetRef: string;
}

/** Where an entity stands. */
export interface EntityOrigin {
  /** Id of the source, such as `file:./catalog`. */
  source: string;
  /** Path as the person knows it, or URL, of the file that holds the document. */
  file: string;
  /** Absolute path or URL of that file: what relative references resolve against. */
  base: string;
  /** Of the document's first line, from 1. */
  line: number;
  /** Milliseconds since the epoch: when the source was last read well. */
  readAtMs: number;
  /** Set when the file no longer says so soundly and this is what it said before. */
  isKept?: true;
}

/** An entity in the catalog: checked, with its relations in both directions. */
export interface CatalogEntity {
  /** Canonical, `kind:namespace/name` in lower case. */
  ref: string;
  entity: Entity;
  origin: EntityOrigin;
  relations: Relation[];
  /** Line and column (from 1) of a value, for findings; the nearest existing parent when the path is absent. */
  locate(path: readonly (string | number)[]): { line: number; column: number };
}

/** All entities of one moment, by canonical reference. Never changed once built. */
export interface Catalog {
  entities: ReadonlyMap<string, CatalogEntity>;
}

/** The references that `entity` points to by `type`, in file order. */
export function relationTargets(entity: CatalogEntity, type: string): string[] {
  return entity.relations
    .filter((relation) => relation.type === type)
    .map((relation) => relation.targetRef);
}

/** What people call it: `metadata.title`, a group's or user's display name, else the name. */
export function displayName(entity: CatalogEntity): string {
  const { metadata, spec } = entity.entity;
  const profile = spec?.["profile"];
  const shown =
    typeof profile === "object" && profile !== null && "displayName" in profile
      ? profile.displayName
      : undefined;
  return metadata.title ?? (typeof shown === "string" && shown !== "" ? shown : metadata.name);
}
