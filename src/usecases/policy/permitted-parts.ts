import { isRecord, type JsonObject, type JsonValue } from "../../base/json.ts";
import type { Template } from "../../scaffold/model.ts";

/** Deeper schemas than this nobody writes. */
const maxDepth = 30;

/**
 * A template without the pages, properties and steps whose `backstage:permissions` tags somebody may not use, as Backstage
 * leaves them out; the very same template when nothing is left out.
 * @see https://backstage.io/docs/features/software-templates/authorizing-scaffolder-template-details
 */
export function permittedParts(
  template: Template,
  mayUse: (tags: readonly string[]) => boolean,
): Template {
  const steps = template.steps.filter(({ permissionTags }) => mayUse(permissionTags ?? []));
  const pages = template.pages.filter((page) => mayUse(tagsOf(page)));
  if (!pages.some(hasForbidden) && steps.length === template.steps.length) {
    if (pages.length === template.pages.length) return template;
  }
  return { ...template, steps, pages: pages.map((page) => withoutForbidden(page, 0)) };

  function hasForbidden(page: JsonObject): boolean {
    return JSON.stringify(withoutForbidden(page, 0)) !== JSON.stringify(page);
  }

  function withoutForbidden(schema: JsonObject, depth: number): JsonObject {
    if (depth > maxDepth) return schema;
    const left = Object.fromEntries(
      Object.entries(schema).map(([key, part]) => [key, inside(part, depth)]),
    );
    const { properties, required } = left;
    if (!isRecord(properties)) return left;
    const gone = new Set(
      Object.entries(properties)
        .filter(([, property]) => isRecord(property) && !mayUse(tagsOf(property)))
        .map(([name]) => name),
    );
    if (gone.size === 0) return left;
    const kept = Object.entries(properties).filter(([name]) => !gone.has(name));
    return {
      ...left,
      properties: Object.fromEntries(kept),
      ...(Array.isArray(required)
        ? { required: required.filter((name) => typeof name !== "string" || !gone.has(name)) }
        : {}),
    };
  }

  function inside(part: JsonValue, depth: number): JsonValue {
    if (Array.isArray(part)) return part.map((item) => inside(item, depth + 1));
    return isRecord(part) ? withoutForbidden(part, depth + 1) : part;
  }
}

/** The tags of `backstage:permissions`. */
function tagsOf(part: Readonly<Record<string, unknown>>): string[] {
  const permissions = part["backstage:permissions"];
  const tags = isRecord(permissions) ? permissions["tags"] : undefined;
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}
