import { type Clue, recogniseClues } from "../../ask/recognise.ts";
import type { CatalogEntity } from "../../catalog/model.ts";
import type { Document } from "../documents/documents.ts";
import type { Asked } from "./answer-frame.ts";
import { decide, entityKinds } from "./resolve-subject.ts";

/** What a pasted text is about. */
export interface CluesFound {
  /** Entities that its clues name, the surest first. */
  entities: { entity: CatalogEntity; weight: number; clues: Clue[] }[];
  /** The document of the alert that it names. */
  document?: Document;
  clues: Clue[];
}

/** Folders that every repository has; they name nothing. */
const plainFolders: ReadonlySet<string> = new Set(
  (
    "src lib libs app apps pkg packages cmd internal main test tests index com org net io dist build bin java python node modules service " +
    "services server client common core shared utils util config scripts docs api v1 v2 default system prod production staging dev"
  ).split(" "),
);

/** Looks up what the clues of a text name. Bounded: at most 40 clues, each by exact names only. */
export function resolveClues(asked: Asked, text: string): CluesFound {
  const clues = recogniseClues(text);
  const votes = new Map<string, { entity: CatalogEntity; weight: number; clues: Clue[] }>();
  const vote = (entity: CatalogEntity, clue: Clue, share: number): void => {
    const known = votes.get(entity.ref) ?? { entity, weight: 0, clues: [] };
    // what several clues say is surer than what one says, but the kind of the best clue decides
    known.weight = Math.max(known.weight, clue.weight * share) + known.clues.length * 0.02;
    known.clues.push(clue);
    votes.set(entity.ref, known);
  };
  let document: CluesFound["document"];
  for (const clue of clues) {
    if (clue.kind === "alert") {
      const found = documentOfAlert(asked, clue.value);
      document ??= found;
      const owner = asked.catalog.entities.get(found?.refs[0] ?? "");
      // labels beside the name of a general alert say more about the thing it is about
      if (owner !== undefined) vote(owner, clue, 0.85);
    }
    for (const { entity, share } of entitiesOf(asked, clue)) vote(entity, clue, share);
  }
  const entities = [...votes.values()].toSorted((a, b) => b.weight - a.weight);
  return { entities, clues, ...(document === undefined ? {} : { document }) };
}

function documentOfAlert(asked: Asked, alert: string): CluesFound["document"] {
  const [hit] = asked.search({
    text: alert,
    kinds: ["section"],
    exactOnly: true,
    limit: 1,
  });
  if (hit === undefined || hit.way !== "exact" || hit.score < 0.9) return undefined;
  return asked.snapshot.library.section(hit.id)?.document;
}

function entitiesOf(asked: Asked, clue: Clue): { entity: CatalogEntity; share: number }[] {
  const values = clue.kind === "path" ? pathNames(clue) : [clue.value];
  for (const [at, value] of values.entries()) {
    const entity = named(asked, value, clue);
    // a deeper folder says less of the whole
    if (entity !== undefined) return [{ entity, share: Math.max(0.7, 1 - at * 0.05) }];
  }
  return [];
}

/** The names that a path may hold: its repository, then its folders from the outermost in, then the file's own name. */
function pathNames(clue: Clue): string[] {
  const folders = clue.value
    .split("/")
    .map((part, at, all) => (at === all.length - 1 ? part.replace(/\.\w{1,10}$/, "") : part));
  const telling = folders.filter(
    (part) => part.length > 1 && !plainFolders.has(part.toLowerCase()),
  );
  return clue.repository === undefined
    ? telling.slice(0, 10)
    : [...telling.slice(0, 10), clue.repository];
}

/** The one entity of exactly this name; for an alert, the name that its words begin with. */
function named(asked: Asked, value: string, clue: Clue): CatalogEntity | undefined {
  const { entities } = asked.catalog;
  const isAlert = clue.kind === "alert";
  const hits = asked.search({
    text: value,
    kinds: clue.kind === "team" ? ["group"] : entityKinds,
    exactOnly: true,
    hasExtraWords: isAlert,
    limit: 8,
  });
  // without an alert's freedom the whole value has to be the name
  const whole = isAlert ? hits : hits.filter((hit) => hit.score >= 0.85);
  if (whole.length === 0) return undefined;
  const found = decide(whole, {
    entities,
    intent: asked.query.intent,
    text: value,
    hasExtraWords: isAlert,
  });
  return found.outcome === "one" ? found.entity : undefined;
}
