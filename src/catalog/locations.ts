import { errorAt, type Finding, shownValue } from "./finding.ts";
import type { Entity } from "./model.ts";
import { isScriptUrl } from "./rules-format.ts";

/** A file, glob or URL that a Location entity names. */
export interface LocationTarget {
  target: string;
  path: readonly (string | number)[];
  /** A missing target is no fault then. */
  isOptional: boolean;
}

/** True for `https://…`: what is not a path on a disk. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/**
 * The targets of a Location. A type that does not fit where the file stands is refused, because a file from the network
 * must not read the disk.
 * @param base Absolute path or URL of the file that holds it.
 */
export function locationTargets(
  entity: Pick<Entity, "spec">,
  base: string,
): { targets: LocationTarget[]; findings: Finding[] } {
  const { type, target, targets, presence } = entity.spec ?? {};
  const isFromWeb = isWebUrl(base);
  if (type !== undefined && type !== "url" && type !== "file") {
    const message = `locations of type ${shownValue(type)} are not followed, only file and url`;
    return { targets: [], findings: [errorAt(["spec", "type"], "location-type-unknown", message)] };
  }
  if (type === "file" && isFromWeb) {
    const message = "a location that was read from a URL cannot name files of this machine";
    return { targets: [], findings: [errorAt(["spec", "type"], "location-type-unknown", message)] };
  }
  const isOptional = presence === "optional";
  const listed: unknown[] = Array.isArray(targets) ? targets : [];
  const all = [
    ...(typeof target === "string" ? [{ target, path: ["spec", "target"] }] : []),
    ...listed.flatMap((item, index) =>
      typeof item === "string" ? [{ target: item, path: ["spec", "targets", index] }] : [],
    ),
  ];
  const unsafe = all.filter((item) => isScriptUrl(item.target));
  const findings = unsafe.map((item) =>
    errorAt(
      item.path,
      "location-target-invalid",
      `${shownValue(item.target)} is a script, no place`,
    ),
  );
  return {
    targets: all.filter((item) => !unsafe.includes(item)).map((item) => ({ ...item, isOptional })),
    findings,
  };
}
