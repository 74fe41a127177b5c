import { stringify } from "yaml";
import { z } from "zod";

import { InputError, NotFoundError } from "../../base/errors.ts";
import {
  isRecord,
  toJsonObject,
  toJsonValue,
  type JsonObject,
  type JsonValue,
} from "../../base/json.ts";
import { formatRef, parseRef } from "../../catalog/ref.ts";
import { defineAction, type ActionContext } from "../action.ts";
import { writeInside } from "./workspace.ts";

/** Writes an entity into the workspace. */
export const catalogWrite = defineAction({
  id: "catalog:write",
  description: "Writes an entity to `catalog-info.yaml` (or `filePath`) of the workspace.",
  input: z.object({ filePath: z.string().optional(), entity: z.record(z.string(), z.unknown()) }),
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    const path = input.filePath ?? "catalog-info.yaml";
    await writeInside(
      context.workspace,
      path,
      stringify(withSource(input.entity, context), { lineWidth: 0 }),
    );
    return {};
  },
});

/** As in Backstage: where it came from is ours to say, whatever the template wrote there. */
function withSource(entity: Record<string, unknown>, context: ActionContext): JsonObject {
  const plain = toJsonObject(entity);
  const metadata = isRecord(plain["metadata"]) ? plain["metadata"] : {};
  const annotations = isRecord(metadata["annotations"]) ? metadata["annotations"] : {};
  return {
    ...plain,
    metadata: {
      ...metadata,
      annotations: { ...annotations, "backstage.io/source-template": context.templateRef },
    },
  };
}

/** Adds a published catalog file to the catalog. */
export const catalogRegister = defineAction({
  id: "catalog:register",
  description: "Registers a `catalog-info.yaml` so that its entities can be found.",
  input: z.object({
    catalogInfoUrl: z.string().optional(),
    repoContentsUrl: z.string().optional(),
    catalogInfoPath: z.string().optional(),
    optional: z.boolean().optional(),
  }),
  supportsDryRun: true,
  async run(input, context) {
    if (context.isDryRun) return describeRegister(catalogUrl(input), context);
    const url = catalogUrl(input);
    if (url === undefined) {
      throw new InputError(
        "step-input-invalid",
        "its input has neither catalogInfoUrl nor repoContentsUrl",
        { hint: "give repoContentsUrl: ${{ steps['publish'].output.repoContentsUrl }}" },
      );
    }
    const text = await context.publisher.readFile(url, context.signal);
    if (text === undefined) {
      if (input.optional === true) {
        context.log(`there is no catalog file at ${url}, which is allowed here`);
        return { catalogInfoUrl: url };
      }
      throw new NotFoundError("catalog-file-missing", `There is no catalog file at ${url}.`, {
        hint: "let the skeleton hold a catalog-info.yaml, or set optional: true",
      });
    }
    const refs = await context.catalog.register(url, text);
    context.log(
      refs.length === 0 ? `handed ${url} to the catalog` : `registered ${refs.join(", ")}`,
    );
    const entityRef = mainRef(refs);
    return { catalogInfoUrl: url, ...(entityRef === undefined ? {} : { entityRef }) };
  },
});

/** As in Backstage, a dry run does not fail where only a real publish step would give an address. */
function describeRegister(url: string | undefined, context: ActionContext): JsonObject {
  const catalogInfoUrl = url ?? "https://example.com/catalog-info.yaml";
  context.log(
    url === undefined
      ? "warning: neither catalogInfoUrl nor repoContentsUrl has a value; a real run would fail here"
      : `would register ${url}`,
  );
  return { entityRef: "component:default/example", catalogInfoUrl };
}

function catalogUrl(input: {
  catalogInfoUrl?: string | undefined;
  repoContentsUrl?: string | undefined;
  catalogInfoPath?: string | undefined;
}): string | undefined {
  if (input.catalogInfoUrl !== undefined) return input.catalogInfoUrl;
  if (input.repoContentsUrl === undefined) return undefined;
  const path = input.catalogInfoPath ?? "/catalog-info.yaml";
  return `${input.repoContentsUrl.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`;
}

/** The first Component whose name was not generated, else the first such entity, else the first. */
function mainRef(refs: string[]): string | undefined {
  const own = refs.filter((ref) => !parseRef(ref).name.startsWith("generated-"));
  return own.find((ref) => ref.startsWith("component:")) ?? own[0] ?? refs[0];
}

/** Reads entities from the catalog. */
export const catalogFetch = defineAction({
  id: "catalog:fetch",
  description: "Reads one entity or several from the catalog.",
  input: z.object({
    entityRef: z.string().optional(),
    entityRefs: z.array(z.string()).optional(),
    optional: z.boolean().optional(),
    defaultKind: z.string().optional(),
    defaultNamespace: z.string().optional(),
  }),
  supportsDryRun: true,
  async run(input, context) {
    const find = (text: string): JsonValue => {
      const { defaultKind, defaultNamespace } = input;
      const ref = formatRef(parseRef(text, { defaultKind, defaultNamespace }));
      const found = context.catalog.get(ref);
      if (found !== undefined) return toJsonValue(found.entity) ?? null;
      if (input.optional === true) return null;
      throw new NotFoundError("entity-unknown", `There is no ${ref} in the catalog.`, {
        hint: "set optional: true where the entity may be missing",
      });
    };
    if (input.entityRef !== undefined) return { entity: find(input.entityRef) };
    if (input.entityRefs !== undefined) return { entities: input.entityRefs.map(find) };
    throw new InputError("step-input-invalid", "its input has neither entityRef nor entityRefs");
  },
});
