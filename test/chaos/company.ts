import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const templateOf = (metadata: string): string => `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: ${metadata}
spec:
  type: service
  parameters:
    - title: Name
      required: [name]
      properties: { name: { title: Name, type: string } }
  steps:
    - { id: fetch, name: Write, action: "fetch:template", input: { url: ./skeleton, values: { name: "\${{ parameters.name }}" } } }
    - id: publish
      name: Publish
      action: publish:github
      input: { repoUrl: "github.com?owner=acme&repo=\${{ parameters.name }}", description: Made by chaos, topics: [chaos] }
    - id: ticket
      name: Open an issue
      action: github:issues:create
      input: { repoUrl: "github.com?owner=acme&repo=\${{ parameters.name }}", title: First steps, body: Read the README. }
    - id: register
      name: Register
      action: catalog:register
      input: { repoContentsUrl: "\${{ steps.publish.output.repoContentsUrl }}", catalogInfoPath: /catalog-info.yaml }
  output: { links: [{ title: Repository, url: "\${{ steps.publish.output.remoteUrl }}" }] }
`;

const templates: Record<string, string> = {
  "template.yaml": templateOf("{ name: chaos, title: Chaos service }"),
  "guarded.yaml": templateOf(
    "{ name: guarded, title: Guarded service, annotations: { callboard.dev/approval: approvers } }",
  ),
};

/** Dario asks; Victor and Nina may approve, in #platform. */
const people = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: approvers, annotations: { callboard.dev/slack-channel: C0PLATFOR1 } }
spec: { type: team, children: [] }
${["victor.ionescu", "nina.kowalski"]
  .map(
    (name) => `---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: ${name} }
spec: { profile: { email: ${name}@footlight.example }, memberOf: [approvers] }
`,
  )
  .join("")}`;

const entity = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: \${{ values.name }}
spec:
  type: service
  lifecycle: production
  owner: team-a
`;

const skeleton: Record<string, string> = {
  "README.md": "# ${{ values.name }}\n",
  "catalog-info.yaml": entity,
  "src/index.js": 'console.log("${{ values.name }}");\n',
};

/** Writes a company with its templates, `chaos` and `guarded`, into a folder; resolves with the path of its configuration. */
export async function writeCompany(folder: string): Promise<string> {
  const base = join(folder, "templates");
  await mkdir(join(base, "skeleton", "src"), { recursive: true });
  await writeFile(join(base, "people.yaml"), people);
  for (const [path, content] of Object.entries(templates))
    await writeFile(join(base, path), content);
  for (const [path, content] of Object.entries(skeleton))
    await writeFile(join(base, "skeleton", path), content);
  const config = join(folder, "callboard.yaml");
  await writeFile(config, "catalog: { sources: [{ type: file, path: ./templates }] }\n");
  return config;
}

/** What the template makes of a name. */
export function filesOf(name: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(skeleton).map(([path, content]) => [
      path,
      content.replaceAll("${{ values.name }}", name),
    ]),
  );
}
