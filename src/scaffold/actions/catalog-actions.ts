import { stringify } from "yaml";
import { z } from "zod";

import { parseBoundedYamlDocuments } from "../../base/bounded-yaml.ts";
import { ConflictError, ForbiddenError, InputError, NotFoundError } from "../../base/errors.ts";
import {
  isRecord,
  toJsonObject,
  toJsonValue,
  type JsonObject,
  type JsonValue,
} from "../../base/json.ts";
import { formatRef, parseRef } from "../../catalog/ref.ts";
import { defineAction, type ActionContext } from "../action.ts";
import { forgetMade, noteMade } from "../undo.ts";
import { writeText } from "./roadie-file-actions.ts";

/** Writes an entity into the workspace. */
export const catalogWrite = defineAction({
  id: "catalog:write",
  description: "Writes an entity to `catalog-info.yaml` (or `filePath`) of the workspace.",
  input: z.object({ filePath: z.string().optional(), entity: z.record(z.string(), z.unknown()) }),
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    const path = input.filePath ?? "catalog-info.yaml";
    const text = stringify(withSource(input.entity, context), { lineWidth: 0 });
    await writeText(path, text, context);
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

const madeUrl = z.object({ url: z.string() });

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
  undo: {
    describe: (made) => `takes ${madeUrl.parse(made).url} out of the catalog`,
    async run(made, context) {
      const { url } = madeUrl.parse(made);
      await context.catalog.unregister?.(url);
      return `took ${url} out of the catalog`;
    },
  },
  async run(input, context) {
    if (context.isDryRun) return await describeRegister(input, context);
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
    await noteMade(context, { url });
    const refs = await registerOrForget(url, text, context);
    context.log(
      refs.length === 0
        ? `not registered: no catalog is kept here; a source that reads ${url} will know it`
        : `registered ${refs.join(", ")}`,
    );
    const entityRef = mainRef(refs);
    return { catalogInfoUrl: url, ...(entityRef === undefined ? {} : { entityRef }) };
  },
});

/** What the catalog refuses it does not keep, so that nothing is left to take back. */
async function registerOrForget(
  url: string,
  text: string,
  context: ActionContext,
): Promise<string[]> {
  try {
    return await context.catalog.register(url, text);
  } catch (thrown) {
    const isRefused = [InputError, ConflictError, ForbiddenError].some(
      (type) => thrown instanceof type,
    );
    if (isRefused) await forgetMade(context);
    throw thrown;
  }
}

/** As in Backstage, a dry run does not fail where only a real publish step would give an address. */
async function describeRegister(input: RegisterInput, context: ActionContext): Promise<JsonObject> {
  const url = catalogUrl(input);
  const catalogInfoUrl = url ?? "https://example.com/catalog-info.yaml";
  context.log(
    url === undefined
      ? "warning: neither catalogInfoUrl nor repoContentsUrl has a value; a real run would fail here"
      : `would register ${url}`,
  );
  const made = await refInWorkspace(input, context);
  const holder = made === undefined ? undefined : context.catalog.get(made);
  if (holder !== undefined && holder.origin.file !== url) {
    context.log(
      `warning: ${made} is in the catalog already (${holder.origin.file}:${holder.origin.line}); a real run would be refused`,
    );
  }
  const entityRef = made ?? "component:default/example";
  return { entityRef, catalogInfoUrl };
}

/** What the catalog file that would be published says, where the workspace holds it. */
async function refInWorkspace(
  input: RegisterInput,
  context: ActionContext,
): Promise<string | undefined> {
  const path = (input.catalogInfoPath ?? "catalog-info.yaml").replace(/^\/+/, "");
  try {
    const documents = parseBoundedYamlDocuments((await context.files.read(path)).toString());
    return mainRef(documents.flatMap(refOfDocument));
  } catch {
    // there is no such file, or none that can be read: an example has to do
    return undefined;
  }
}

function refOfDocument(document: unknown): string[] {
  if (!isRecord(document) || !isRecord(document["metadata"])) return [];
  const { kind, metadata } = document;
  const { name, namespace } = metadata;
  if (typeof kind !== "string" || typeof name !== "string") return [];
  return [
    formatRef({ kind, name, namespace: typeof namespace === "string" ? namespace : "default" }),
  ];
}

type RegisterInput = {
  catalogInfoUrl?: string | undefined;
  repoContentsUrl?: string | undefined;
  catalogInfoPath?: string | undefined;
};

function catalogUrl(input: RegisterInput): string | undefined {
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
