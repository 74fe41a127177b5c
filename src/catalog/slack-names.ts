/** A Slack channel as a catalog names it: by id, by name, or both. */
export interface SlackChannelName {
  /** Such as `C024BE91L`. */
  id?: string;
  /** Without `#`, such as `payments`. */
  name?: string;
}

// C… public or private channel, G… old private channel or group conversation
const channelId = /^[CG][A-Z0-9]{8,}$/;
// U… or W…: a person
const userId = /^[UW][A-Z0-9]{8,}$/;
// S…: a user group
const userGroupId = /^S[A-Z0-9]{8,}$/;
// what Slack allows in a channel name, letters of any script included
const channelName = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,79}$/u;

/**
 * Reads `#payments`, `payments`, `C024BE91L`, `<#C024BE91L|payments>` or a link such as
 * `https://acme.slack.com/archives/C024BE91L`; of several, parted by commas, the first that is a channel.
 * People, user groups and e-mail addresses are no channel.
 */
export function parseSlackChannel(text: string): SlackChannelName | undefined {
  for (const part of text.split(/[,;]/)) {
    const found = oneChannel(part.trim());
    if (found !== undefined) return found;
  }
  return undefined;
}

function oneChannel(text: string): SlackChannelName | undefined {
  // Slack's own markup, <#ID|name> or <#ID>
  const markup = /^<#([A-Z0-9]+)(?:\|([^>]*))?>$/.exec(text);
  if (markup?.[1] !== undefined)
    return { id: markup[1], ...(markup[2] ? { name: markup[2] } : {}) };
  const linked = channelOfUrl(text);
  if (linked !== undefined) return { id: linked };
  const bare = text.replace(/^#/, "");
  if (channelId.test(bare)) return { id: bare };
  if (userId.test(bare) || userGroupId.test(bare)) return undefined;
  return channelName.test(bare) ? { name: bare.toLowerCase() } : undefined;
}

/** The channel id of `https://<team>.slack.com/archives/<id>…`, `https://app.slack.com/client/<team>/<id>` or `slack://channel?id=<id>`. */
export function channelOfUrl(text: string): string | undefined {
  const url = parseUrl(text);
  if (url === undefined) return undefined;
  let id: string | null | undefined;
  if (url.protocol === "slack:") id = url.searchParams.get("id");
  else if (url.hostname === "slack.com" || url.hostname.endsWith(".slack.com")) {
    const parts = url.pathname.split("/");
    id = parts[1] === "archives" ? parts[2] : parts[1] === "client" ? parts[3] : undefined;
  }
  return id !== null && id !== undefined && channelId.test(id) ? id : undefined;
}

/** Reads `@payments-oncall`, `S0615G0KT` or `<!subteam^S0615G0KT>`: the id where it is one, else the handle without `@`. */
export function parseSlackUserGroup(text: string): { id?: string; handle?: string } | undefined {
  const bare = text.trim();
  const id = /^<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>$/.exec(bare)?.[1] ?? bare;
  if (userGroupId.test(id)) return { id };
  const handle = bare.replace(/^@/, "");
  return channelName.test(handle) ? { handle: handle.toLowerCase() } : undefined;
}

/** The id in `U024BE7LH` or `<@U024BE7LH>`; undefined for anything else. */
export function parseSlackUserId(text: string): string | undefined {
  const id = /^<@([A-Z0-9]+)(?:\|[^>]*)?>$/.exec(text.trim())?.[1] ?? text.trim();
  return userId.test(id) ? id : undefined;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
