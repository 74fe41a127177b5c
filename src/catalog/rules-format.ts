/**
 * The formats of Backstage's fields. Each takes any value and is true when Backstage accepts it.
 * All patterns are linear: no part can match the same text in two ways.
 * @see https://backstage.io/docs/features/software-catalog/descriptor-format
 */

// letters, digits and inner separators
const namePattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
// lower-case letters and digits, parted by hyphens
const dnsLabelPattern = /^[a-z0-9]+(?:-+[a-z0-9]+)*$/;
// a letter, then letters and digits
const kindPattern = /^[A-Za-z][A-Za-z0-9]{0,62}$/;
// parts parted by single hyphens
const tagPattern = /^[a-z0-9:+#]+(?:-[a-z0-9:+#]+)*$/;
// the version behind the slash of an apiVersion
const versionPattern = /^[A-Za-z0-9]{1,63}$/;

/** `metadata.name`: 1–63 letters, digits, `-`, `_`, `.`, beginning and ending with a letter or digit. */
export function isName(value: unknown): value is string {
  return typeof value === "string" && namePattern.test(value);
}

/** `metadata.namespace`: 1–63 lower-case letters, digits and inner hyphens. */
export function isNamespace(value: unknown): value is string {
  return typeof value === "string" && value.length <= 63 && dnsLabelPattern.test(value);
}

/** `kind`: 1–63 letters and digits, a letter first. */
export function isKind(value: unknown): value is string {
  return typeof value === "string" && kindPattern.test(value);
}

/** `apiVersion`: `v1`, `backstage.io/v1alpha1`. */
export function isApiVersion(value: unknown): value is string {
  return isPrefixed(value, (version) => versionPattern.test(version));
}

/** The key of a label or annotation: `team`, `github.com/project-slug`. */
export function isLabelKey(value: unknown): value is string {
  return isPrefixed(value, isName);
}

/** The value of a label: empty or a name. */
export function isLabelValue(value: unknown): value is string {
  return value === "" || isName(value);
}

/** A tag: 1–63 lower-case letters, digits, `:`, `+`, `#` and single inner hyphens. */
export function isTag(value: unknown): value is string {
  return typeof value === "string" && value.length <= 63 && tagPattern.test(value);
}

/** An absolute URL of any scheme. */
export function isUrl(value: unknown): value is string {
  return typeof value === "string" && URL.canParse(value);
}

/**
 * True for `javascript:` addresses, also when control characters or line breaks hide them.
 * Browsers drop those characters before they read the scheme.
 */
export function isScriptUrl(value: string): boolean {
  // Browsers ignore control characters and spaces in front of and inside a scheme.
  const bare = value.slice(0, 500).replace(/[^\u0021-\uffff]+/g, "");
  return /^(?:javascript|vbscript|data):/i.test(bare);
}

function isPrefixed(value: unknown, isSuffix: (text: string) => boolean): value is string {
  if (typeof value !== "string") return false;
  const parts = value.split("/", 3);
  const [first = "", second] = parts;
  if (parts.length > 2) return false;
  return second === undefined ? isSuffix(first) : isDnsName(first) && isSuffix(second);
}

function isDnsName(value: string): boolean {
  return value.length >= 1 && value.length <= 253 && value.split(".").every(isNamespace);
}
