import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

import type { CatalogSource, SourceFile } from "../../src/catalog/sources/contract.ts";

/** What an implementation gives the suite: a source over files that the suite chooses. */
export interface CatalogSourceFixture {
  source: CatalogSource;
  /** Writes (or replaces) a file that the source holds; the path is relative to its top. */
  write: (path: string, text: string) => Promise<void>;
  remove: (path: string) => Promise<void>;
  /** Makes the next readings fail as a whole, until something is written. */
  breakDown: () => Promise<void>;
  close: () => Promise<void>;
}

/** The names of the entities in files, whether they are written as YAML or JSON. */
function namesIn(files: readonly SourceFile[]): string[] {
  return files.map(({ text }) => /"?name"?: ?"?(\w+)/.exec(text)?.[1] ?? "");
}

const component = (name: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n  type: service\n  lifecycle: production\n  owner: team-a\n`;

/** What every source has to do. */
export function describeCatalogSource(
  name: string,
  open: () => Promise<CatalogSourceFixture>,
  {
    hasRelatedFiles = true,
  }: {
    /** False for sources that have followed everything already. */ hasRelatedFiles?: boolean;
  } = {},
): void {
  describe(`${name} as a catalog source`, () => {
    const { signal } = new AbortController();
    let fixture: CatalogSourceFixture;
    beforeEach(async () => {
      fixture = await open();
    });
    afterEach(() => fixture.close());

    test("reads every catalog file in a stable order", async () => {
      const { source, write } = fixture;

      await write("b/catalog-info.yaml", component("b"));
      await write("a/catalog-info.yaml", component("a"));

      const first = await source.read(signal);
      const second = await source.read(signal);

      expect(namesIn(first.files)).toEqual(["a", "b"]);
      expect(second.files.map(({ file }) => file)).toEqual(first.files.map(({ file }) => file));
      expect(first.diagnostics).toEqual([]);
    });

    test("names each file by a base that is unique and absolute", async () => {
      const { source, write } = fixture;

      await write("a/catalog-info.yaml", component("a"));
      await write("b/catalog-info.yaml", component("b"));

      const { files } = await source.read(signal);

      expect(new Set(files.map(({ base }) => base)).size).toBe(2);
      for (const { base } of files) expect(base).toMatch(/^(?:https?:\/\/|\/|[A-Z]:\\)/);
    });

    test("sees a file that changed, one that came and one that went", async () => {
      const { source, write, remove } = fixture;
      await write("a/catalog-info.yaml", component("a"));
      await write("b/catalog-info.yaml", component("b"));
      await source.read(signal);

      await write("a/catalog-info.yaml", component("a2"));
      await remove("b/catalog-info.yaml");
      await write("c/catalog-info.yaml", component("c"));

      const { files } = await source.read(signal);
      expect(namesIn(files)).toEqual(["a2", "c"]);
    });

    test("throws when it fails as a whole, and works again afterwards", async () => {
      await fixture.write("a/catalog-info.yaml", component("a"));
      await fixture.breakDown();

      await expect(fixture.source.read(signal)).rejects.toHaveProperty("code");

      await fixture.write("a/catalog-info.yaml", component("a"));
      const { files } = await fixture.source.read(signal);
      expect(files).toHaveLength(1);
    });

    test("stops when it is told to", async () => {
      const { source, write } = fixture;

      await write("a/catalog-info.yaml", component("a"));

      await expect(source.read(AbortSignal.abort())).rejects.toThrow("aborted");
    });

    if (!hasRelatedFiles) return;

    test("reads a related file relative to another", async () => {
      const { source, write } = fixture;

      await write("a/catalog-info.yaml", component("a"));
      await write("a/docs/openapi.json", '{"openapi": "3.1.0"}');
      const { files } = await source.read(signal);
      const base = files[0]?.base ?? "";

      const related = await source.readRelated(base, "./docs/openapi.json", signal);

      expect(related?.map(({ text }) => text)).toEqual(['{"openapi": "3.1.0"}']);
    });

    test("says undefined for a related file that does not exist", async () => {
      const { source, write } = fixture;

      await write("a/catalog-info.yaml", component("a"));
      const { files } = await source.read(signal);
      const base = files[0]?.base ?? "";

      expect(await source.readRelated(base, "./nothing.yaml", signal)).toBeUndefined();
    });

    test("refuses to leave its own ground for a related file", async () => {
      const { source, write } = fixture;

      await write("a/catalog-info.yaml", component("a"));
      const { files } = await source.read(signal);
      const base = files[0]?.base ?? "";

      const escape = source.readRelated(base, "../../../../../../../../etc/passwd", signal);

      await expect(escape).rejects.toMatchObject({ code: "path-outside" });
    });
  });
}
