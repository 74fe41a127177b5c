/**
 * What each kind requires, as JSON Schema of `spec`. Further fields are always allowed.
 * @see https://backstage.io/docs/features/software-catalog/descriptor-format
 */
export interface KindRule {
  apiVersions: readonly string[];
  /** JSON Schema of `spec`; chosen by `spec.type` where a kind has several shapes. */
  spec(type: unknown): SpecSchema;
}

export type SpecSchema = Record<string, unknown>;

const text = { type: "string", minLength: 1 };
const anyText = { type: "string" };
const texts = { type: "array", items: text };
const flag = { type: ["string", "boolean"] };
const profile = { type: "object", properties: { displayName: text, email: text, picture: text } };

function shape(required: readonly string[], properties: Record<string, unknown>): SpecSchema {
  return { type: "object", required, properties };
}

const backstageVersions = ["backstage.io/v1alpha1", "backstage.io/v1beta1"];
const owned = { type: text, lifecycle: text, owner: text, system: text };

function backstageKind(spec: SpecSchema): KindRule {
  return { apiVersions: backstageVersions, spec: () => spec };
}

const api = shape(["type", "lifecycle", "owner", "definition"], { ...owned, definition: text });

/** APIs of type `mcp-server` are reached, not described. */
const mcpServer = shape(["type", "lifecycle", "owner", "remotes"], {
  ...owned,
  remotes: { type: "array", minItems: 1, items: shape(["type", "url"], { type: text, url: text }) },
});

const aiResource = shape(["type", "lifecycle", "owner"], owned);
const aiResources = new Map<unknown, SpecSchema>([
  [
    "skill",
    shape(["type", "lifecycle", "owner"], {
      ...owned,
      disciplines: texts,
      categories: texts,
      agents: texts,
      dependsOn: texts,
      allowedTools: text,
      license: text,
      compatibility: { ...text, maxLength: 500 },
    }),
  ],
  [
    "rule",
    shape(["type", "lifecycle", "owner", "category", "rationale"], {
      ...owned,
      disciplines: texts,
      category: text,
      rationale: text,
    }),
  ],
  [
    "plugin",
    shape(["type", "lifecycle", "owner", "skills"], { ...owned, skills: texts, version: text }),
  ],
  [
    "marketplace",
    shape(["type", "lifecycle", "owner", "plugins"], { ...owned, plugins: texts, version: text }),
  ],
]);

const permissions = shape([], { tags: { type: "array", items: anyText } });
const page = shape([], { "backstage:permissions": permissions });
const decorators = { type: "array", items: shape([], { id: anyText, input: { type: "object" } }) };

const template = shape(["type", "steps"], {
  type: text,
  owner: text,
  lifecycle: text,
  // Either one page or a list of them; "if" says which, so that a finding names the real fault.
  parameters: {
    if: { type: "array" },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: { type: "array", items: page },
    else: page,
  },
  secrets: shape([], { schema: { type: "object" } }),
  presentation: shape([], {
    buttonLabels: shape([], {
      backButtonText: anyText,
      createButtonText: anyText,
      reviewButtonText: anyText,
    }),
  }),
  formDecorators: decorators,
  EXPERIMENTAL_formDecorators: decorators,
  steps: {
    type: "array",
    items: shape(["action"], {
      id: anyText,
      name: anyText,
      action: anyText,
      input: { type: "object" },
      if: flag,
      "backstage:permissions": permissions,
    }),
  },
  output: {
    type: "object",
    properties: {
      links: {
        type: "array",
        items: shape([], { if: flag, url: text, entityRef: text, title: text, icon: text }),
      },
      text: {
        type: "array",
        items: shape([], { if: flag, title: text, icon: text, content: anyText }),
      },
    },
    additionalProperties: { type: "string" },
  },
});

/** All kinds that Callboard knows, spelled as in files. */
export const kindRules: ReadonlyMap<string, KindRule> = new Map<string, KindRule>([
  [
    "Component",
    backstageKind(
      shape(["type", "lifecycle", "owner"], {
        ...owned,
        subcomponentOf: text,
        providesApis: texts,
        consumesApis: texts,
        dependsOn: texts,
      }),
    ),
  ],
  [
    "API",
    { apiVersions: backstageVersions, spec: (type) => (type === "mcp-server" ? mcpServer : api) },
  ],
  [
    "Resource",
    backstageKind(
      shape(["type", "owner"], { type: text, owner: text, system: text, dependsOn: texts }),
    ),
  ],
  ["System", backstageKind(shape(["owner"], { owner: text, domain: text, type: text }))],
  ["Domain", backstageKind(shape(["owner"], { owner: text, subdomainOf: text, type: text }))],
  [
    "Group",
    backstageKind(
      shape(["type", "children"], {
        type: text,
        profile,
        parent: text,
        children: texts,
        members: texts,
      }),
    ),
  ],
  ["User", backstageKind(shape(["memberOf"], { profile, memberOf: texts }))],
  [
    "Location",
    backstageKind(
      shape([], {
        type: text,
        target: text,
        targets: texts,
        presence: { ...text, enum: ["required", "optional"] },
      }),
    ),
  ],
  ["Template", { apiVersions: ["scaffolder.backstage.io/v1beta3"], spec: () => template }],
  [
    "AiResource",
    {
      apiVersions: ["backstage.io/v1alpha1"],
      spec: (type) => aiResources.get(type) ?? aiResource,
    },
  ],
]);

/** The names of all known kinds. */
export const knownKinds: readonly string[] = [...kindRules.keys()];
