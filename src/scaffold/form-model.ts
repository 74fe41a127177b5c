import type { JsonObject, JsonValue } from "../base/json.ts";

/** A template's parameters as something to fill in; independent of Slack. */
export interface Form {
  pages: FormPage[];
}

/** What stands in the values in the place of a secret that was given. */
export const maskedSecret = "******";

export interface FormPage {
  title: string;
  description?: string;
  /** An expression over the values so far: the page is left out where it is false. */
  when?: JsonValue;
  /** The page's JSON Schema without its `ui:*` keys: what ajv checks. */
  schema: JsonObject;
  /** The page as written, `ui:*` keys included: what `fieldsOf` reads. */
  written: JsonObject;
}

/** How a value is asked for. */
export type Widget =
  | "text"
  | "textarea"
  | "number"
  | "boolean"
  | "select"
  | "radio"
  | "multi-select"
  | "checkboxes"
  | "date"
  | "email"
  | "url"
  /** One entity reference, searched for. */
  | "entity"
  /** Several entity references. */
  | "entities"
  /** One text, with suggestions while it is typed; anything else can be typed too. */
  | "suggest"
  /** Several such texts. */
  | "suggest-list"
  /** `host?owner=…&repo=…`, asked as an owner and a name. */
  | "repo-url"
  /** Free strings or numbers, one a line. */
  | "list"
  /** Objects, one a line as `key: value, key: value` or JSON. */
  | "object-list"
  /** Entered on a page of ours, never in Slack; see SECURITY.md. */
  | "secret"
  /** Kept from its default, not shown. */
  | "hidden"
  /** Shown, not asked (read-only). */
  | "note";

export interface FieldOption {
  value: JsonValue;
  label: string;
  description?: string;
}

/** One thing to fill in on a page, as it stands for the values so far (conditions are already decided). */
export interface FormField {
  /** Where the value goes in the page's values, such as `["database", "engine"]`. */
  path: string[];
  /** `path` joined by dots: stable, and unique on its page. */
  key: string;
  label: string;
  /** Help text under the field. */
  help?: string;
  placeholder?: string;
  isRequired: boolean;
  /** A yes that has to be given, such as having read the rules (`const: true`). */
  mustBeTrue?: boolean;
  widget: Widget;
  /** `string`, `number`, `integer`, `boolean`, `array`, `object`. */
  type: string;
  options?: FieldOption[];
  /** `ui:emptyValue`: what an emptied field gives; absent: nothing. */
  emptyValue?: JsonValue;
  /** What is in the field at first; expressions already rendered. */
  initial?: JsonValue;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  /** `ui:backstage.review`: not on the last page at all, or only this in its place. */
  review?: { isHidden: true } | { mask: string };
  /** For `list`: what each line is, where that is no text. */
  itemType?: "number" | "integer" | "boolean";
  /** For `object-list`: the schema of one entry, where its properties are named. */
  items?: JsonObject;
  /** For `object-list`: `ui:options.addable` and `removable`; absent: both can be done. */
  canAdd?: false;
  canRemove?: false;
  /** For `entity` and `entities`. */
  entity?: EntityFieldOptions;
  /** For `repo-url`. */
  repo?: RepoFieldOptions;
  /** For `suggest` and `suggest-list`: where the suggestions come from. */
  suggest?: SuggestOptions;
  /** A rule that the picker carries: Backstage's names, or its tags. */
  rule?: "entity-name" | "entity-tags";
  /** For `secret`: where steps read it, `secrets.<name>` (a `Secret` field) or among the parameters (a password widget). */
  secretReadAs?: "secrets" | "parameters";
  /** True when other fields depend on this value, so that a change must redraw the page. */
  isCondition: boolean;
  /** The unknown `ui:field` that is shown by its schema type instead. */
  fallbackFrom?: string;
}

export interface EntityFieldOptions {
  /** Backstage's `catalogFilter`: any of these; each maps a path such as `kind` or `spec.type` to allowed values or `{exists}`. */
  filter: Record<string, string | string[] | { exists: boolean }>[];
  defaultKind?: string;
  /** `false`: the namespace is always written. */
  defaultNamespace?: string | false;
  allowArbitraryValues: boolean;
  /** `owned`: only what the asker's groups own; `my-groups`: only groups the asker is in. */
  only?: "owned" | "my-groups";
}

/** What is suggested while somebody types. */
export type SuggestOptions =
  /** Tags of the catalog: of entities of these kinds (none: of all), with how many have each. */
  | { from: "tags"; kinds: string[]; hasCounts: boolean }
  /** Owners of repositories. */
  | { from: "owners"; excluded: string[] }
  /** Branches of the repository that the form's `repoUrl`, or its only repository field, names. */
  | { from: "branches" };

export interface RepoFieldOptions {
  allowedHosts: string[];
  allowedOwners: string[];
  allowedRepos: string[];
  /** `ui:options.ownerLabel`, `repoLabel` and their descriptions, where the template words them itself. */
  words?: { owner?: PartWords; name?: PartWords };
}

/** How a part of a field is asked for. */
export interface PartWords {
  label?: string;
  help?: string;
}

/** A value that does not fit, at the field where it was typed (`key` is empty for the page as a whole). */
export interface FieldFault {
  key: string;
  message: string;
}
