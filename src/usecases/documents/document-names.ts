import type { NavPlace } from "./read-techdocs.ts";

/** Titles that say something in a navigation only. */
const emptyTitles = /^(?:home|index|overview|introduction|intro|start|welcome|readme|about)$/i;

/** What a document is called. A navigation's title comes before the document's own, as on the page; the other name still finds it. */
export function documentNames(
  path: string,
  own: string | undefined,
  nav: NavPlace | undefined,
): { title: string; aliases?: string[] } {
  const wanted = nav?.title;
  const isTelling = wanted !== undefined && (own === undefined || !emptyTitles.test(wanted));
  const title = isTelling ? wanted : (own ?? nameOf(path));
  const above = nav?.above ?? [];
  const others = [own, wanted, above.length === 0 ? undefined : [...above, title].join(" ")];
  const aliases = others.flatMap((name) =>
    name === undefined || name === title || emptyTitles.test(name) ? [] : [name],
  );
  return aliases.length === 0 ? { title } : { title, aliases };
}

function nameOf(path: string): string {
  const file = path.split("/").at(-1) ?? path;
  return file.replace(/\.[a-z]+$/i, "");
}
