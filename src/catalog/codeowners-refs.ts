import { isRecord } from "../base/json.ts";
import type { Catalog, CatalogEntity } from "./model.ts";
import { kindOfRef } from "./references.ts";

/** Finds the Group or User that an owner of a CODEOWNERS file stands for; undefined when the catalog has none. */
export type FindCodeowner = (owner: string) => CatalogEntity | undefined;

/**
 * Creates a lookup from `@org/team`, `@login` and e-mail addresses to entities: by the annotations `github.com/team-slug` and
 * `github.com/user-login` (and GitLab's), by the profile's e-mail, else by name.
 */
export function createCodeownerIndex(catalog: Catalog): FindCodeowner {
  const known = new Map<string, CatalogEntity>();
  const names = new Map<string, CatalogEntity>();
  for (const entity of catalog.entities.values()) {
    const kind = kindOfRef(entity.ref);
    if (kind !== "group" && kind !== "user") continue;
    for (const owner of ownersOf(entity)) if (!known.has(owner)) known.set(owner, entity);
    names.set(`${kind} ${entity.entity.metadata.name.toLowerCase()}`, entity);
  }
  return (owner) => {
    const text = owner.toLowerCase();
    const found = known.get(text);
    if (found !== undefined || !text.startsWith("@")) return found;
    const parts = text.slice(1).split("/");
    const name = parts.at(-1) ?? "";
    return parts.length > 1
      ? names.get(`group ${name}`)
      : (names.get(`user ${name}`) ?? names.get(`group ${name}`));
  };
}

const slugAnnotations = ["github.com/team-slug", "gitlab.com/group-slug", "gitlab.com/team-path"];
const loginAnnotations = ["github.com/user-login", "gitlab.com/user-login"];

/** Every way in which CODEOWNERS may name the entity, in lower case. */
function ownersOf({ entity }: CatalogEntity): string[] {
  const annotations = entity.metadata.annotations ?? {};
  const profile = entity.spec?.["profile"];
  const email = isRecord(profile) ? profile["email"] : undefined;
  const written = [...slugAnnotations, ...loginAnnotations].flatMap((key) => {
    const value = annotations[key];
    return value === undefined || value === "" ? [] : [`@${value.replace(/^@/, "")}`];
  });
  return [...written, ...(typeof email === "string" ? [email] : [])].map((owner) =>
    owner.toLowerCase(),
  );
}
