/**
 * The relative folders that a software template fetches as skeletons, as written: `./skeleton`. They hold files full of
 * placeholders that are no catalog files, whatever they look like. Reads the text, not the YAML, so that it is cheap.
 */
export function skeletonFolders(templateText: string): string[] {
  if (!templateText.includes("Template")) return [];
  // "kind: Template" at the beginning of a line
  if (!/^kind:\s*["']?Template\b/m.test(templateText)) return [];
  // the url of a fetch step when it is a relative path
  const urls = templateText.matchAll(/^[ \t-]*url:[ \t]*["']?(\.{1,2}\/[^\s"'#]*|\.)/gm);
  return [...urls].flatMap(([, url]) => (url === undefined ? [] : [url]));
}

/** True for an entity whose name is still a placeholder, as in the files of a skeleton: `name: ${{ values.name }}`. */
export function isSkeletonFile(text: string): boolean {
  return /^[ \t]+name:[ \t]*["']?\$?\{\{/m.test(text) && !/^kind:\s*["']?Template\b/m.test(text);
}
