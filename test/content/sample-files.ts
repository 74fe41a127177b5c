import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** A file of the sample company. */
export interface SampleFile {
  /** Relative to the project's root, with forward slashes. */
  file: string;
  base: string;
  text: string;
}

/** Every file below `folder` whose path fits, by path. */
export function sampleFiles(folder: string, wanted: RegExp): SampleFile[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(projectRoot, folder, name))
    .filter((base) => wanted.test(base))
    .toSorted()
    .map((base) => ({
      file: relative(projectRoot, base).split(sep).join("/"),
      base,
      text: readFileSync(base, "utf8"),
    }));
}

/** The catalog files of the sample company, templates included. */
export function sampleCatalogFiles(): SampleFile[] {
  return [
    ...sampleFiles("catalog", /\.yaml$/),
    ...sampleFiles("templates", /[\\/]template\.yaml$/),
  ];
}
