import type { Diagnostic } from "../../base/diagnostics.ts";
import { createPause } from "../../base/pause.ts";
import { joinWords, splitWords } from "../../base/words.ts";
import { displayName, type Catalog } from "../../catalog/model.ts";
import { canonicalRef } from "../../catalog/ref.ts";
import type { WellKnown } from "../../catalog/well-known.ts";
import type { ParsedDocument } from "../../docs/document.ts";

/** Finds the entities that a document belongs to. */
export type Tier = (document: {
  path: string;
  parsed: ParsedDocument;
  /** Entities that point to it. */
  named: readonly string[];
  /** How they do. */
  statement: string | undefined;
}) => { refs: string[]; tie?: { statement: string; line: number }; diagnostics: Diagnostic[] };

/** Kinds a document is likely to be about, the likeliest first. */
const kindOrder = ["component", "system", "api", "resource", "domain", "group"];
const maxWindow = 5;

/** Creates the tier for a catalog: front matter first, then who points to it, then names in its path or first heading. */
export async function createTier(catalog: Catalog, wellKnown: WellKnown): Promise<Tier> {
  const byName = await namesOf(catalog, wellKnown);
  return ({ path, parsed, named, statement }) => {
    const { refs, diagnostics } = fromFrontMatter(catalog, byName, path, parsed);
    if (refs.length > 0) {
      const written = `entity: ${parsed.frontMatter.entities.join(", ")}`;
      return { refs, tie: { statement: written, line: 1 }, diagnostics };
    }
    if (named.length > 0)
      return {
        refs: [...named],
        tie: { statement: statement ?? "named by its entity", line: 1 },
        diagnostics,
      };
    const found = fromPath(byName, path, parsed);
    if (found === undefined) return { refs: [], diagnostics };
    return {
      refs: [found.ref],
      tie: { statement: `its ${found.where} names ${found.name}`, line: found.line },
      diagnostics,
    };
  };
}

async function namesOf(catalog: Catalog, wellKnown: WellKnown): Promise<Map<string, string>> {
  const pause = createPause();
  const names: { place: number; joined: string; ref: string }[] = [];
  for (const entity of catalog.entities.values()) {
    await pause();
    const place = kindOrder.indexOf(entity.entity.kind.toLowerCase());
    if (place < 0) continue;
    for (const name of [
      entity.entity.metadata.name,
      displayName(entity),
      ...wellKnown.aliases(entity),
    ]) {
      const joined = joinWords(name);
      if (joined.length >= 3) names.push({ place, joined, ref: entity.ref });
    }
  }
  const byName = new Map<string, string>();
  for (const { joined, ref } of names.toSorted((a, b) => a.place - b.place))
    if (!byName.has(joined)) byName.set(joined, ref);
  return byName;
}

function fromFrontMatter(
  catalog: Catalog,
  byName: ReadonlyMap<string, string>,
  path: string,
  parsed: ParsedDocument,
): { refs: string[]; diagnostics: Diagnostic[] } {
  const refs: string[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const written of parsed.frontMatter.entities) {
    const ref = canonicalRef(written, { defaultKind: "component" });
    const found =
      ref !== undefined && catalog.entities.has(ref) ? ref : byName.get(joinWords(written));
    if (found !== undefined) refs.push(found);
    else
      diagnostics.push({
        file: path,
        line: 1,
        column: 1,
        severity: "warning",
        code: "document-entity-unknown",
        message: `entity “${written.slice(0, 100)}” is not in the catalog`,
        fix: "write the reference of an entity, such as component:default/payments",
      });
  }
  return { refs: [...new Set(refs)], diagnostics };
}

interface NameInPath {
  ref: string;
  name: string;
  where: string;
  line: number;
}

/** The file's whole name, a folder's whole name from the innermost out, then names inside the file's name or heading. */
function fromPath(
  byName: ReadonlyMap<string, string>,
  path: string,
  parsed: ParsedDocument,
): NameInPath | undefined {
  const parts = path
    .replace(/\.[a-z]+$/i, "")
    .split("/")
    .toReversed()
    .slice(0, 6);
  const heading = parsed.sections.find((section) => section.level > 0);
  const stem = parts[0] ?? "";
  const whole = (text: string): string | undefined => byName.get(joinWords(text));
  const exactStem = whole(stem);
  if (exactStem !== undefined) return { ref: exactStem, name: stem, where: "path", line: 1 };
  const inStem = longestName(byName, stem);
  if (inStem !== undefined) return { ...inStem, where: "path", line: 1 };
  const inHeading = heading === undefined ? undefined : longestName(byName, heading.heading);
  if (inHeading !== undefined) return { ...inHeading, where: "heading", line: heading?.line ?? 1 };
  for (const folder of parts.slice(1)) {
    const ref = whole(folder);
    if (ref !== undefined) return { ref, name: folder, where: "path", line: 1 };
  }
  return undefined;
}

/** The longest run of words that is a name. */
function longestName(
  byName: ReadonlyMap<string, string>,
  text: string,
): { ref: string; name: string } | undefined {
  const words = splitWords(text, 20, 200);
  let best: { ref: string; name: string } | undefined;
  for (let from = 0; from < words.length; from += 1)
    for (let to = from + 1; to <= Math.min(words.length, from + maxWindow); to += 1) {
      const name = words.slice(from, to).join("");
      const ref = byName.get(name);
      if (ref !== undefined && name.length > (best?.name.length ?? 0)) best = { ref, name };
    }
  return best;
}
