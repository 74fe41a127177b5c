/**
 * Markdown without its marks, as text to read or to index: links keep their label, code its content, HTML tags vanish.
 * Linear in the length of the text.
 */
export function plainMarkdown(markdown: string): string {
  return (
    markdown
      // images and links: the label stays; a label is at most 300 characters without brackets
      .replaceAll(/!?\[([^[\]]{0,300})\]\([^()\s]{0,2000}(?:\s"[^"\n]{0,200}")?\)/g, "$1")
      // link definitions
      .replaceAll(/^ {0,3}\[[^[\]\n]{1,100}\]:[^\n]*$/gm, "")
      // HTML tags and comments of up to 300 characters
      .replaceAll(/<!--[^>]{0,300}-->|<\/?[a-z][a-z0-9]{0,20}(?:\s[^<>]{0,300})?\/?>/gi, " ")
      // fences
      .replaceAll(/^ {0,3}(?:`{3,}|~{3,})[^\n]*$/gm, "")
      // quote, list and heading marks at the beginning of a line
      .replaceAll(/^[ \t]*(?:>|[-*+]|#{1,6}|\d{1,9}[.)])[ \t]+/gm, "")
      // emphasis and code marks around a word
      .replaceAll(/\*\*|__|~~|`+/g, "")
      .replaceAll(/(^|\s)[*_](?=\S)|(\S)[*_](?=\s|[.,;:!?)]|$)/gm, "$1$2")
      // at most one empty line
      .replaceAll(/\n{3,}/g, "\n\n")
      .trim()
  );
}
