import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { silentLogger } from "../../src/base/logger.ts";
import type { CatalogEntity, Entity } from "../../src/catalog/model.ts";
import type { ActionContext, CatalogAccess } from "../../src/scaffold/action.ts";
import { filesOnDisk } from "../../src/scaffold/actions/workspace.ts";
import { createFileFetch } from "../../src/scaffold/fetching/file-fetch.ts";
import type { StepNotes } from "../../src/scaffold/publishers/contract.ts";
import { localPublisher } from "../../src/scaffold/publishers/local/local-publisher.ts";
import { inProcessRenderer } from "../../src/scaffold/renderer.ts";

/** When all test runs start: commits have this date. */
export const startedAtMs = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A temporary folder that is gone afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "callboard-test-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An entity as the catalog holds it, with places made up from the path's length. */
export function catalogEntity(
  entity: Entity,
  ref: string,
  base = "/nowhere/template.yaml",
): CatalogEntity {
  return {
    ref,
    entity,
    origin: { source: "test", file: "template.yaml", base, line: 1, readAtMs: 0 },
    relations: [],
    locate: (path) => ({ line: path.length, column: 1 }),
  };
}

/** A Template entity with this spec. */
export function templateEntity(spec: Record<string, unknown>, base?: string): CatalogEntity {
  const entity: Entity = {
    apiVersion: "scaffolder.backstage.io/v1beta3",
    kind: "Template",
    metadata: { name: "sample", title: "Sample" },
    spec: { type: "service", ...spec },
  };
  return catalogEntity(entity, "template:default/sample", base);
}

/** Notes in memory, shared by all contexts made from one world. */
export function memoryNotes(): (prefix: string) => StepNotes {
  const kept = new Map<string, string>();
  return (prefix) => ({
    get: async (key) => kept.get(prefix + key),
    set: async (key, value) => void kept.set(prefix + key, value),
  });
}

/** A catalog that remembers what was registered. */
export function memoryCatalog(
  entities: CatalogEntity[] = [],
): CatalogAccess & { registered: string[] } {
  const registered: string[] = [];
  return {
    registered,
    get: (ref) => entities.find((entity) => entity.ref === ref),
    async register(url) {
      registered.push(url);
      return ["api:default/first", "component:default/generated-x", "component:default/ledger"];
    },
  };
}

/** The world of one action, writing below `folder`; what is logged ends up in `lines`. */
export function actionContext(
  folder: string,
  over: Partial<ActionContext> = {},
): ActionContext & { lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    runId: "run-1",
    stepId: "step",
    templateRef: "template:default/sample",
    templateBase: join(folder, "template", "template.yaml"),
    workspace: join(folder, "workspace"),
    files: filesOnDisk(join(folder, "workspace")),
    startedAtMs,
    user: { name: "Robin" },
    isDryRun: false,
    signal: new AbortController().signal,
    logger: silentLogger,
    log: (line) => void lines.push(line),
    notes: memoryNotes()(""),
    assertCurrent: async () => undefined,
    publisher: localPublisher({ dataDir: folder }),
    catalog: memoryCatalog(),
    fetch: createFileFetch({ roots: [folder] }),
    renderer: inProcessRenderer(),
    ...over,
  };
}
