import { distance } from "fastest-levenshtein";

import type { Diagnostic } from "../../base/diagnostics.ts";
import { joinWords } from "../../base/words.ts";
import { displayName, type Catalog, type CatalogEntity } from "../../catalog/model.ts";
import { buildForm } from "../../scaffold/build-form.ts";
import type { KnownExtensions } from "../../scaffold/check-template.ts";
import type { Template } from "../../scaffold/model.ts";
import { parseTemplate } from "../../scaffold/parse-template.ts";
import type { LoadedTemplate, TemplateService, TemplateSummary } from "../services.ts";

/** A template with what is wrong with it. */
interface Entry {
  summary: TemplateSummary;
  /** Absent when it cannot even be shown. */
  loaded?: LoadedTemplate;
  /** The ref, the name and the title, joined: `nodeservice`. */
  names: string[];
}

/** All templates of one catalog. */
export interface Templates extends TemplateService {
  /** Findings in the templates themselves. */
  diagnostics: Diagnostic[];
}

const maxSuggestions = 3;
/** Shorter beginnings say too little. */
const minPrefix = 3;

/** Reads every Template entity of a catalog; a broken one stays listed, with its problem. */
export function buildTemplates(catalog: Catalog, known: KnownExtensions): Templates {
  const diagnostics: Diagnostic[] = [];
  const entries: Entry[] = [];
  for (const entity of catalog.entities.values()) {
    if (entity.entity.kind !== "Template") continue;
    const parsed = parseTemplate(entity, known);
    diagnostics.push(...parsed.diagnostics);
    const told = (severity: Diagnostic["severity"]): string[] =>
      parsed.diagnostics
        .filter((finding) => finding.severity === severity)
        .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
    const [problem] = told("error");
    entries.push(toEntry(entity, parsed.template, { problem, warnings: told("warning") }));
  }
  entries.sort((a, b) => (joinWords(a.summary.title) < joinWords(b.summary.title) ? -1 : 1));
  return {
    diagnostics,
    list: () => entries.map((entry) => entry.summary),
    get: (name) => find(entries, name)?.loaded,
    suggest: (name) => nearest(entries, name),
  };
}

function toEntry(
  entity: CatalogEntity,
  template: Template | undefined,
  { problem, warnings }: { problem: string | undefined; warnings: string[] },
): Entry {
  const { metadata, spec } = entity.entity;
  const because = problem === undefined ? {} : { problem };
  const summary: TemplateSummary = {
    ref: entity.ref,
    title: displayName(entity),
    type: typeof spec?.["type"] === "string" ? spec["type"] : "",
    tags: metadata.tags ?? [],
    ...(metadata.description === undefined ? {} : { description: metadata.description }),
    ...(template?.owner === undefined ? {} : { owner: template.owner }),
    ...because,
    ...(warnings.length === 0 ? {} : { warnings }),
  };
  const names = [entity.ref, metadata.name, summary.title].map(joinWords);
  if (template === undefined) return { summary, names };
  return { summary, names, loaded: { template, form: buildForm(template), ...because } };
}

/** By ref, name or title, or by a beginning that only one has; case, dashes and blanks do not matter. */
function find(entries: readonly Entry[], written: string): Entry | undefined {
  const wanted = joinWords(written);
  const exact = entries.find((entry) => entry.names.includes(wanted));
  if (exact !== undefined || wanted.length < minPrefix) return exact;
  const begun = entries.filter((entry) => entry.names.some((name) => name.startsWith(wanted)));
  return begun.length === 1 ? begun[0] : undefined;
}

function nearest(entries: readonly Entry[], written: string): TemplateSummary[] {
  const wanted = joinWords(written);
  const scored = entries.map((entry) => ({
    entry,
    far: Math.min(...entry.names.map((name) => farness(name, wanted))),
  }));
  return scored
    .toSorted((a, b) => a.far - b.far)
    .slice(0, maxSuggestions)
    .map(({ entry }) => entry.summary);
}

/** 0 when one holds the other, else edits relative to length. */
function farness(name: string, wanted: string): number {
  if (wanted !== "" && name.includes(wanted)) return 0;
  return distance(name, wanted) / Math.max(name.length, wanted.length, 1);
}
