import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { type CatalogEntity, relationTargets } from "../../src/catalog/model.ts";
import { generateCatalog } from "../answers/generate-catalog.ts";
import { createRandom } from "../answers/random.ts";

/** A made-up company as files on the disk. */
export interface MadeFiles {
  /** Documents in all files. */
  entities: number;
  /** Paths relative to the folder, with what they hold. */
  files: Map<string, string>;
  /** Some files of one component each, with the name that a question can use. */
  samples: { path: string; name: string }[];
}

/** Which fields say a relation, and whether they hold a list. */
const fields: Readonly<Record<string, { field: string; isList: boolean }>> = {
  ownedBy: { field: "owner", isList: false },
  partOf: { field: "system", isList: false },
  dependsOn: { field: "dependsOn", isList: true },
  providesApi: { field: "providesApis", isList: true },
  consumesApi: { field: "consumesApis", isList: true },
  memberOf: { field: "memberOf", isList: true },
};

/** Files that one group of people is spread over: as a company of that size would keep them. */
const peoplePerFile = 50;

/**
 * Makes a company of `size` components: a file for each component with its API and, for every third, its database; systems,
 * teams and people in files of their own. The same seed makes the same files.
 */
export function makeCatalogFiles(size: number, seed: number): MadeFiles {
  const { catalog, components } = generateCatalog(size, seed);
  const random = createRandom(seed + 7);
  const made: MadeFiles = { entities: 0, files: new Map(), samples: [] };
  const add = (path: string, text: string): void => {
    made.entities += 1;
    const before = made.files.get(path);
    made.files.set(path, before === undefined ? text : `${before}---\n${text}`);
  };
  const pathOf = new Map(
    components.map(({ ref, name }, at) => [ref, `services/${at % 97}/${name}/catalog-info.yaml`]),
  );
  let people = 0;
  for (const entity of catalog.entities.values()) {
    const { kind, metadata } = entity.entity;
    const provider = relationTargets(entity, "apiProvidedBy")[0] ?? "";
    if (kind === "Component") add(pathOf.get(entity.ref) ?? "", yamlOf(entity));
    else if (kind === "API")
      add(pathOf.get(provider) ?? `apis/${metadata.name}.yaml`, yamlOf(entity));
    else if (kind === "System") add(`systems/${metadata.name}.yaml`, yamlOf(entity));
    else add(`org/people-${Math.floor((people += 1) / peoplePerFile)}.yaml`, yamlOf(entity));
  }
  for (const component of components) {
    if (!random.chance(0.34)) continue;
    const owner = component.owner;
    add(
      pathOf.get(component.ref) ?? "",
      `apiVersion: backstage.io/v1alpha1\nkind: Resource\nmetadata:\n  name: ${component.name.slice(0, 57)}-db\n  description: Where ${component.words.join(" ")} keeps its data.\nspec:\n  type: database\n  owner: ${owner}\n  dependencyOf:\n    - ${component.ref}\n`,
    );
  }
  made.samples = components
    .slice(0, 50)
    .map(({ ref, name }) => ({ path: pathOf.get(ref) ?? "", name }));
  return made;
}

function yamlOf(entity: CatalogEntity): string {
  const { apiVersion, kind, metadata, spec = {} } = entity.entity;
  const lines = [`apiVersion: ${apiVersion}`, `kind: ${kind}`, "metadata:"];
  for (const [key, value] of Object.entries(metadata)) lines.push(...yamlLines(key, value, "  "));
  lines.push("spec:");
  const related = Object.entries(fields).flatMap(([type, { field, isList }]) => {
    const targets = relationTargets(entity, type);
    if (targets.length === 0) return [];
    return [[field, isList ? targets : targets[0]]];
  });
  const whole: object = { ...defaultsOf(kind), ...spec, ...Object.fromEntries(related) };
  for (const [key, value] of Object.entries(whole)) lines.push(...yamlLines(key, value, "  "));
  return `${lines.join("\n")}\n`;
}

/** What the rules require and the made-up company does not say. */
function defaultsOf(kind: string): object {
  if (kind === "API") return { lifecycle: "production", definition: "openapi: 3.1.0\ninfo: {}\n" };
  return {};
}

function yamlLines(key: string, value: unknown, indent: string): string[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${indent}${key}: []`];
    return [`${indent}${key}:`, ...value.map((item) => `${indent}  - ${JSON.stringify(item)}`)];
  }
  if (typeof value !== "object" || value === null)
    return [`${indent}${key}: ${JSON.stringify(value)}`];
  const entries = Object.entries(value);
  const inner = entries.flatMap(([name, each]) => yamlLines(name, each, `${indent}  `));
  return [`${indent}${key}:`, ...inner];
}

/** Writes the files below a folder. */
export async function writeCatalogFiles(folder: string, files: MadeFiles["files"]): Promise<void> {
  const folders = new Set([...files.keys()].map((path) => dirname(join(folder, path))));
  for (const each of folders) await mkdir(each, { recursive: true });
  for (const [path, text] of files) await writeFile(join(folder, path), text);
}
