import { splitWords } from "../../base/words.ts";
import {
  displayName,
  relationTargets,
  type Catalog,
  type CatalogEntity,
} from "../../catalog/model.ts";
import type { WellKnown } from "../../catalog/well-known.ts";
import { plainMarkdown } from "../../docs/plain-markdown.ts";
import type { NameForm, SearchItem } from "../../search/search-item.ts";
import { sectionId } from "../documents/document-library.ts";
import type { Document } from "../documents/documents.ts";

/** Kinds that organise files and are not asked about. */
export const hiddenKinds: ReadonlySet<string> = new Set(["Location"]);

/** What can be found: every entity and every section of a document, one after the other. */
export function* searchItemsOf(
  catalog: Catalog,
  documents: readonly Document[],
  wellKnown: WellKnown,
): Generator<SearchItem> {
  for (const entity of catalog.entities.values())
    if (!hiddenKinds.has(entity.entity.kind)) yield entityItem(entity, catalog, wellKnown);
  for (const document of documents) yield* sectionItems(document);
}

/** How an entity is found. */
export function entityItem(
  entity: CatalogEntity,
  catalog: Catalog,
  wellKnown: WellKnown,
): SearchItem {
  const { metadata, spec, kind } = entity.entity;
  const type = spec?.["type"];
  const dependents =
    relationTargets(entity, "dependencyOf").length +
    relationTargets(entity, "apiConsumedBy").length;
  return {
    id: entity.ref,
    kind: kind.toLowerCase(),
    names: namesOf(entity, wellKnown),
    text: [
      metadata.description ?? "",
      (metadata.tags ?? []).join(" "),
      typeof type === "string" ? type : "",
      ...["ownedBy", "partOf"].flatMap((relation) =>
        relationTargets(entity, relation).map((ref) => nameOf(ref, catalog)),
      ),
      (metadata.links ?? []).map((link) => link.title ?? "").join(" "),
    ].join(" \n"),
    popularity: Math.min(1, Math.log2(1 + dependents) / 6),
  };
}

function nameOf(ref: string, catalog: Catalog): string {
  const entity = catalog.entities.get(ref);
  return entity === undefined ? (ref.split("/").at(-1) ?? "") : displayName(entity);
}

function namesOf(entity: CatalogEntity, wellKnown: WellKnown): SearchItem["names"] {
  const { name } = entity.entity.metadata;
  const slug = wellKnown.repository(entity)?.slug;
  return [
    ...formed("name", [name]),
    ...formed("title", [displayName(entity)]),
    ...formed("alias", [...wellKnown.aliases(entity), withoutDomain(name)]),
    ...formed("slug", [slug, slug?.split("/").at(-1)]),
    ...formed("alias", peopleNames(entity, wellKnown)),
    ...formed("initials", [initialsOf(name)]),
  ];
}

function formed(form: NameForm, texts: readonly (string | undefined)[]): SearchItem["names"] {
  return texts.flatMap((text) => (text === undefined ? [] : [{ text, form }]));
}

/** How else teams and people are called: in Slack and by e-mail. */
function peopleNames(entity: CatalogEntity, wellKnown: WellKnown): (string | undefined)[] {
  const { kind } = entity.entity;
  const email = wellKnown.email(entity)?.address;
  if (kind === "User") return [wellKnown.slackUserId(entity)?.id, email];
  if (kind !== "Group") return [];
  const group = wellKnown.slackUserGroup(entity);
  const channel = wellKnown.slackChannel(entity);
  return [email, group?.handle, group?.id, channel?.name, channel?.id];
}

// a top-level domain and a company in front of a name of several parts, as in Java packages
const reversedDomain = /^(?:com|org|net|io|dev|co|eu|de|uk)\.[\w-]+\.(?=[\w-]+\.)/i;

/** `com.acme.billing.gateway` is also called billing.gateway; a single word that is left is too little for a name. */
function withoutDomain(name: string): string | undefined {
  return reversedDomain.test(name) ? name.replace(reversedDomain, "") : undefined;
}

/** `payment-status-gateway` is also called psg. */
function initialsOf(name: string): string | undefined {
  const words = splitWords(name, 8, 100);
  return words.length < 3 ? undefined : words.map((word) => word[0] ?? "").join("");
}

/** How the sections of a document are found. */
export function sectionItems(document: Document): SearchItem[] {
  const parent = document.refs[0];
  // `lag-on-sale-day.md` says what it is about as well as a title does
  const file = (document.path.split("/").at(-1) ?? "").replace(/\.\w+$/, "");
  return document.sections.map((section, at) => {
    const { title, aliases = [] } = document;
    const heading = [title, ...aliases, ...section.parents, section.heading].join(" ");
    return {
      id: sectionId(document.path, section.anchor),
      kind: "section",
      ...(parent === undefined ? {} : { parent }),
      names: at === 0 ? titleNames(document) : [],
      // the headings count three times: they say what a section is about
      text: [
        heading,
        heading,
        heading,
        document.alerts.join(" "),
        file,
        plainMarkdown(section.markdown),
      ].join(" \n"),
    };
  });
}

function titleNames(document: Document): SearchItem["names"] {
  const { title, aliases = [], alerts } = document;
  return [title, ...aliases, ...alerts].map((text) => ({ text, form: "title" as const }));
}
