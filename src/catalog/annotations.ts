import { parseFilePage } from "./code-host.ts";
import { isWebUrl } from "./locations.ts";
import type { Entity } from "./model.ts";
import { isScriptUrl } from "./rules-format.ts";

/**
 * The entity with the annotations that a catalog fills in: where it comes from (always overwritten), and where it can be
 * viewed and edited (unless the file says so itself).
 * @param base Absolute path or URL of the file that holds it.
 * @param originBase The file or URL that the source named, from which a Location led here.
 * @see https://backstage.io/docs/features/software-catalog/well-known-annotations
 */
export function annotated(entity: Entity, base: string, originBase: string): Entity {
  const written = safeUrls(entity.metadata.annotations ?? {});
  const annotations: Record<string, string> = {
    ...webAnnotations(base),
    ...written,
    "backstage.io/managed-by-location": locationRef(base),
    "backstage.io/managed-by-origin-location": locationRef(originBase),
  };
  return { ...entity, metadata: { ...entity.metadata, annotations } };
}

/** `url:https://…` or `file:/…`, as Backstage writes where something is. */
function locationRef(base: string): string {
  return `${isWebUrl(base) ? "url" : "file"}:${base}`;
}

/** Addresses that people click must not run scripts. */
function safeUrls(annotations: Record<string, string>): Record<string, string> {
  const unsafe = ["backstage.io/view-url", "backstage.io/edit-url"].filter((key) =>
    isScriptUrl(annotations[key] ?? ""),
  );
  if (unsafe.length === 0) return annotations;
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !unsafe.includes(key)));
}

// a commit's id instead of a branch
const commitId = /^[0-9a-f]{40,}$/i;

function webAnnotations(base: string): Record<string, string> {
  if (!isWebUrl(base)) return {};
  const viewed = { "backstage.io/view-url": base };
  const page = parseFilePage(base);
  if (page === undefined) return viewed;
  const { ref, path } = page;
  const prefix = page.isGitLab ? `${page.repository}/-` : page.repository;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return {
    ...viewed,
    // What a commit holds cannot be edited.
    ...(commitId.test(ref) ? {} : { "backstage.io/edit-url": `${prefix}/edit/${ref}/${path}` }),
    "backstage.io/source-location": `url:${prefix}/tree/${ref}/${folder}`,
  };
}
