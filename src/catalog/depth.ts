/** Nesting beyond this is refused everywhere: what walks over values recurses, and a full stack can abort the process. */
export const maxDepth = 100;

/** True for plain data nested deeper than the limit; looks no deeper than that. */
export function isTooDeep(value: unknown, left: number = maxDepth): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((child) => isTooDeep(child, left - 1));
}
