import { InputError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { buildForm } from "../../scaffold/build-form.ts";
import { isPageShown, type FormScope } from "../../scaffold/default-values.ts";
import { fieldsOf } from "../../scaffold/fields.ts";
import { maskedSecret, type Form } from "../../scaffold/form-model.ts";
import type { Template } from "../../scaffold/model.ts";
import { valuesAt, withTextAt } from "../../scaffold/text-at.ts";
import { validateValues } from "../../scaffold/validate-values.ts";

/** A field of a form whose value is a secret. */
export interface SecretField {
  /** As in `FormField.key`. */
  key: string;
  path: string[];
  /** `secrets`: read as `secrets.<name>`. `parameters`: read like any other parameter (a password widget). */
  readAs: "secrets" | "parameters";
}

/** The secrets that a run was started with; their values are elsewhere, sealed. */
export interface RunSecrets {
  /** Where they are kept. */
  id: string;
  fields: SecretField[];
}

/** The secret fields of all pages that are shown for these values. */
export function secretFieldsOf(
  form: Form,
  values: JsonObject,
  scope: FormScope = {},
): SecretField[] {
  return form.pages.flatMap((page) => {
    if (!isPageShown(page, values, scope)) return [];
    return fieldsOf(page, values, scope).flatMap(({ widget, key, path, secretReadAs }) =>
      widget === "secret" ? [{ key, path, readAs: secretReadAs ?? "parameters" }] : [],
    );
  });
}

/** The values with the mask in the place of each secret that was given, and in no other. */
export function withMasks(
  values: JsonObject,
  fields: readonly SecretField[],
  given: ReadonlySet<string>,
): JsonObject {
  return fields.reduce((masked, { key, path }) => {
    if (given.has(key)) return withTextAt(masked, path, maskedSecret);
    const isMasked = valuesAt(masked, path).includes(maskedSecret);
    return isMasked ? withTextAt(masked, path, undefined) : masked;
  }, values);
}

/** The name a step knows a secret by: that of its field, without the objects around. */
export function secretName({ path }: SecretField): string {
  return path.at(-1) ?? "";
}

/**
 * Checks secrets against `spec.secrets.schema`.
 * @throws InputError `run-secrets-invalid`; what is said names secrets, never their values.
 */
export function assertSecretsFit(
  template: Pick<Template, "secretsSchema">,
  secrets: Record<string, string>,
): void {
  if (template.secretsSchema === undefined) return;
  const form = buildForm({ title: "Secrets", pages: [template.secretsSchema] });
  const keys = validateValues(form, { ...secrets }).map((fault) => fault.key);
  if (keys.length === 0) return;
  const names = [...new Set(keys)].map((key) => (key === "" ? "all of them" : key));
  throw new InputError(
    "run-secrets-invalid",
    "some secrets are missing or do not fit the template",
    { hint: `look at ${names.join(", ")}` },
  );
}
