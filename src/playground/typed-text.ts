import type { SlackBlock } from "./slack-shapes.ts";
import type { Workspace } from "./workspace.ts";

/** A reference that is already in Slack's form, a URL, a name after `@` or a channel after `#`. */
const token =
  /<(?:@|#|!)[^<>\s]+>|https?:\/\/[^\s<>]+[^\s<>.,;:!?)\]'"]|(?<![\w/])@[\p{L}\d][\p{L}\d._-]*(?: \p{Lu}[\p{L}'-]+)?|(?<![\w/&])#[\p{L}\d_-]+/gu;

/**
 * What Slack stores for a text that a person typed: `&`, `<` and `>` escaped, `@Callboard` as `<@U…>`,
 * `#payments` as `<#C…|payments>`, URLs in angle brackets.
 */
export function encodeTyped(text: string, workspace: Workspace): string {
  return replaceTokens(text, (found) => {
    if (found.startsWith("<")) return isKnownReference(found, workspace) ? found : undefined;
    if (found.startsWith("http")) return `<${escapeText(found)}>`;
    if (found.startsWith("#")) return channelReference(found, workspace);
    return mention(found, workspace, (id) => `<@${id}>`);
  });
}

/** What a slash command gets for a typed text; references only when the command asks for them (`should_escape`). */
export function encodeCommandText(
  text: string,
  workspace: Workspace,
  shouldEscape: boolean,
): string {
  if (!shouldEscape) return escapeText(text);
  return replaceTokens(text, (found) => {
    if (found.startsWith("<")) return isKnownReference(found, workspace) ? found : undefined;
    if (found.startsWith("http")) return `<${escapeText(found)}>`;
    if (found.startsWith("#")) return channelReference(found, workspace);
    return mention(found, workspace, (id, name) => `<@${id}|${name}>`);
  });
}

/** Escapes what would otherwise be read as a reference. */
function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The links in a stored text. */
export function linksIn(text: string): string[] {
  return [...text.matchAll(/<(https?:\/\/[^|>]+)(?:\|[^>]*)?>/g)].map(([, url = ""]) =>
    url.replaceAll("&amp;", "&"),
  );
}

/** The rich text that Slack's composer sends beside the text: the same words, references as elements. */
export function buildRichText(text: string, blockId: string): SlackBlock {
  const elements: Record<string, unknown>[] = [];
  let at = 0;
  const addText = (piece: string): void => {
    if (piece !== "") elements.push({ type: "text", text: unescapeText(piece) });
  };
  for (const match of text.matchAll(/<([^<>|]+)(?:\|([^<>]*))?>/g)) {
    addText(text.slice(at, match.index));
    elements.push(referenceElement(match[1] ?? "", match[2]));
    at = match.index + match[0].length;
  }
  addText(text.slice(at));
  return {
    type: "rich_text",
    block_id: blockId,
    elements: [{ type: "rich_text_section", elements }],
  };
}

function referenceElement(target: string, label: string | undefined): Record<string, unknown> {
  if (target.startsWith("@")) return { type: "user", user_id: target.slice(1) };
  if (target.startsWith("#")) return { type: "channel", channel_id: target.slice(1) };
  const url = unescapeText(target);
  return { type: "link", url, ...(label === undefined ? {} : { text: unescapeText(label) }) };
}

function unescapeText(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function replaceTokens(text: string, replace: (found: string) => string | undefined): string {
  let result = "";
  let at = 0;
  for (const match of text.matchAll(token)) {
    const replaced = replace(match[0]);
    if (replaced === undefined) continue;
    result += escapeText(text.slice(at, match.index)) + replaced;
    at = match.index + match[0].length;
  }
  return result + escapeText(text.slice(at));
}

function isKnownReference(found: string, workspace: Workspace): boolean {
  const id = found.slice(2, -1).split("|")[0] ?? "";
  return workspace.people.has(id) || workspace.channels.has(id);
}

function channelReference(found: string, workspace: Workspace): string | undefined {
  const channel = workspace.findChannel(found);
  return channel === undefined ? undefined : `<#${channel.id}|${channel.name}>`;
}

/** `@Dario Costa`, `@dario.costa` and `@Callboard` are mentions; of a longer match only the known part counts. */
function mention(
  found: string,
  workspace: Workspace,
  render: (id: string, name: string) => string,
): string | undefined {
  for (const candidate of [found.slice(1), found.slice(1).split(" ")[0] ?? ""]) {
    const wanted = candidate.toLowerCase();
    for (const person of workspace.people.values()) {
      if (person.name.toLowerCase() !== wanted && person.realName.toLowerCase() !== wanted)
        continue;
      return render(person.id, person.name) + escapeText(found.slice(1 + candidate.length));
    }
  }
  return undefined;
}
