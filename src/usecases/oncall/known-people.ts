import { joinWords } from "../../base/words.ts";
import { displayName, type Catalog, type CatalogEntity } from "../../catalog/model.ts";
import { canonicalRef } from "../../catalog/ref.ts";
import type { WellKnown } from "../../catalog/well-known.ts";
import type { OnCallPerson } from "../../oncall/contract.ts";

/** Somebody on call as the catalog knows them. */
export interface PersonOnCall {
  /** As the catalog shows them, else as the source does. */
  name: string;
  /** Of their User; absent when the catalog has none. */
  ref?: string;
  email?: string;
  slackUserId?: string;
}

/** Finds people in the catalog; built once for each catalog. */
export type FindPerson = (person: OnCallPerson) => PersonOnCall;

/** Creates the finder: by reference first, then by e-mail, then by a name that only one has. */
export function createPersonFinder(catalog: Catalog, wellKnown: WellKnown): FindPerson {
  const byEmail = new Map<string, CatalogEntity>();
  const byName = new Map<string, CatalogEntity | undefined>();
  for (const entity of catalog.entities.values()) {
    if (entity.entity.kind !== "User") continue;
    const email = wellKnown.email(entity)?.address.toLowerCase();
    if (email !== undefined && !byEmail.has(email)) byEmail.set(email, entity);
    const name = joinWords(displayName(entity));
    // two people of one name are nobody in particular
    byName.set(name, byName.has(name) ? undefined : entity);
  }
  const userOf = ({ ref, email, name }: OnCallPerson): CatalogEntity | undefined => {
    const written = canonicalRef(ref ?? "", { defaultKind: "user" });
    const named = written?.startsWith("user:") === true ? catalog.entities.get(written) : undefined;
    return named ?? byEmail.get((email ?? "").toLowerCase()) ?? byName.get(joinWords(name));
  };
  return (person) => {
    const user = userOf(person);
    return user === undefined ? asGiven(person) : asUser(person, user, wellKnown);
  };
}

function asGiven({ name, email, slackUserId }: OnCallPerson): PersonOnCall {
  return {
    name,
    ...(email === undefined ? {} : { email }),
    ...(slackUserId === undefined ? {} : { slackUserId }),
  };
}

function asUser(person: OnCallPerson, user: CatalogEntity, wellKnown: WellKnown): PersonOnCall {
  const email = person.email ?? wellKnown.email(user)?.address;
  const slackUserId = wellKnown.slackUserId(user)?.id ?? person.slackUserId;
  return {
    name: displayName(user),
    ref: user.ref,
    ...(email === undefined ? {} : { email }),
    ...(slackUserId === undefined ? {} : { slackUserId }),
  };
}
