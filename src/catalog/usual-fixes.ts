/** What to do about findings of a code where nothing better is known, so that every finding says a next step. */
const usualFixes = new Map<string, string>([
  ["yaml-syntax", "mend the YAML at this place; an editor with YAML support shows it"],
  ["yaml-too-deep", "nest it less"],
  ["yaml-aliases", "write the values out instead of aliases"],
  ["yaml-cycle", "write the value out instead of the alias"],
  ["yaml-key-reserved", "rename the key"],
  ["document-not-mapping", "begin it with apiVersion and kind, or remove it"],
  ["entity-api-version-invalid", "write backstage.io/v1alpha1"],
  ["entity-kind-missing", "write kind: Component, or what it is"],
  ["entity-kind-invalid", "write Component, or what it is"],
  ["entity-kind-unknown", "write a kind that Backstage knows, or leave it as one of your own"],
  ["entity-metadata-missing", "write metadata with a name"],
  ["entity-name-invalid", "write a name as text"],
  ["entity-name-missing", "write metadata.name"],
  ["entity-namespace-invalid", "leave it out for the namespace default"],
  ["entity-field-missing", "write it"],
  ["entity-field-invalid", "write what is expected, or remove it"],
  ["entity-label-invalid", "write a short text"],
  ["entity-annotation-invalid", "write a text"],
  ["entity-tag-invalid", "write it as text in lower case"],
  ["entity-link-invalid", "write an address with https://"],
  ["entity-link-unsafe", "write an address with https://"],
  ["ref-malformed", "write it as kind:namespace/name"],
  ["ref-kind-unexpected", "name something of that kind"],
  ["ref-kind-absent", "define what it names, or add the source that does"],
  ["ref-unknown", "define it, or add the source that does"],
  ["owner-unknown", "define the group, or add the source that does"],
  ["system-unknown", "define the system, or add the source that does"],
  ["placeholder-unreadable", "correct the path, or add the file to the same repository"],
  ["location-type-unknown", "write type: url, or leave the type out"],
  ["location-target-invalid", "write a path or an address with https://"],
  ["location-target-missing", "correct it, or write presence: optional"],
  ["location-target-unreadable", "see that the bot may read it, or remove it"],
]);

/** The usual next step for a code; undefined where none fits all. */
export function usualFix(code: string): string | undefined {
  return usualFixes.get(code);
}
