import { buildCatalog } from "../../src/catalog/build.ts";
import { buildSnapshot, type Snapshot } from "../../src/usecases/catalog/snapshot.ts";

/** A snapshot of one catalog file. */
export function snapshotOfYaml(text: string, readAtMs = Date.now(), version = 1): Snapshot {
  const files = [{ file: "catalog/all.yaml", base: "/catalog/all.yaml", text }];
  const { catalog } = buildCatalog({ sources: [{ id: "file:.", readAtMs, files }] });
  return buildSnapshot({ version, catalog, documents: [], diagnostics: [], readAtMs });
}

/** A group with a Slack channel. */
export function groupYaml(name: string, channel: string, more = ""): string {
  return `apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: ${name}
  annotations: { callboard.dev/slack-channel: "${channel}"${more} }
spec: { type: team, children: [] }
---
`;
}

/** A service in production. */
export function serviceYaml(name: string, owner: string, title = name): string {
  return `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ${name}, title: ${JSON.stringify(title)} }
spec: { type: service, lifecycle: production, owner: ${owner} }
---
`;
}
