import { InputError } from "../base/errors.ts";

/** The parts of a reference, spelled as written. */
export interface EntityRef {
  kind: string;
  namespace: string;
  name: string;
}

export interface RefDefaults {
  defaultKind?: string | undefined;
  /** Absent means `default`. In spec fields it is the namespace of the entity that holds the field. */
  defaultNamespace?: string | undefined;
}

/**
 * Parses an entity reference, `[kind:][namespace/]name`, as in `component:default/payments`.
 * A colon counts only before the first slash; later slashes belong to the name. Nothing is trimmed.
 * @throws InputError `ref-malformed` when a part is empty or no kind is known.
 * @see https://backstage.io/docs/features/software-catalog/references
 */
export function parseRef(text: string, defaults: RefDefaults = {}): EntityRef {
  const written = splitRef(text);
  const kind = written.kind ?? defaults.defaultKind;
  const namespace = written.namespace ?? defaults.defaultNamespace ?? "default";
  if (kind === undefined || kind === "" || namespace === "" || written.name === "") {
    const why = kind === undefined ? "has no kind" : "has an empty part";
    throw new InputError("ref-malformed", `“${text}” ${why}`, {
      hint: "write it as kind:namespace/name, such as component:default/payments",
    });
  }
  return { kind, namespace, name: written.name };
}

/** The parts as written: a colon counts only before the first slash, later slashes belong to the name. */
function splitRef(text: string): {
  kind: string | undefined;
  namespace: string | undefined;
  name: string;
} {
  const colon = text.indexOf(":");
  const firstSlash = text.indexOf("/");
  const hasKind = colon >= 0 && (firstSlash < 0 || colon < firstSlash);
  const rest = hasKind ? text.slice(colon + 1) : text;
  const slash = rest.indexOf("/");
  return {
    kind: hasKind ? text.slice(0, colon) : undefined,
    namespace: slash < 0 ? undefined : rest.slice(0, slash),
    name: rest.slice(slash + 1),
  };
}

/** The canonical form: `kind:namespace/name`, all in lower case. */
export function formatRef(ref: EntityRef): string {
  // toLowerCase, not toLocaleLowerCase: a Turkish locale must not change identities.
  return `${ref.kind}:${ref.namespace}/${ref.name}`.toLowerCase();
}

/** Canonical form of a written reference, or undefined when it is malformed. */
export function canonicalRef(text: string, defaults: RefDefaults = {}): string | undefined {
  const { kind: ownKind, namespace: ownNamespace, name } = splitRef(text);
  const kind = ownKind ?? defaults.defaultKind ?? "";
  const namespace = ownNamespace ?? defaults.defaultNamespace ?? "default";
  if (kind === "" || namespace === "" || name === "") return undefined;
  return formatRef({ kind, namespace, name });
}
