import type { FormField } from "../scaffold/form-model.ts";

/**
 * Fields that ask for an owner of repositories, as selects of those that the operator allows. Without such a list they stay
 * as they are.
 */
export function withOwners(fields: FormField[], owners: readonly string[]): FormField[] {
  return owners.length === 0 ? fields : fields.map((field) => withOwnersOf(field, owners));
}

function withOwnersOf(field: FormField, owners: readonly string[]): FormField {
  const { repo, suggest } = field;
  if (field.widget === "repo-url" && repo !== undefined) {
    return { ...field, repo: { ...repo, allowedOwners: both(repo.allowedOwners, owners) } };
  }
  if (field.widget !== "suggest" || suggest?.from !== "owners") return field;
  const excluded = new Set(suggest.excluded.map((name) => name.toLowerCase()));
  const options = owners
    .filter((name) => !excluded.has(name.toLowerCase()))
    .map((name) => ({ value: name, label: name }));
  return { ...field, widget: "select", options };
}

/** What the template and the operator allow; where they share nothing the template's own, and the run says why not. */
function both(wanted: string[], owners: readonly string[]): string[] {
  if (wanted.length === 0) return [...owners];
  const allowed = new Set(owners.map((name) => name.toLowerCase()));
  const shared = wanted.filter((name) => allowed.has(name.toLowerCase()));
  return shared.length === 0 ? wanted : shared;
}
