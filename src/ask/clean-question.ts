import { plainText } from "../base/words.ts";

/** A question without Slack's and people's markup. */
export interface CleanQuestion {
  text: string;
  mentions: string[];
  urls: string[];
}

/** What is read of a text that somebody pasted. */
const maxLength = 4_000;

/**
 * Takes the markup out of a message: mentions, links, channels and user groups in Slack's angle brackets, code ticks,
 * emoji codes, entities and smart quotes. Works on any text; linear in its first 4,000 characters.
 */
export function cleanQuestion(message: string): CleanQuestion {
  const mentions: string[] = [];
  const urls: string[] = [];
  const unmarked = message
    .slice(0, maxLength)
    // <@U123>, <@U123|name>: a person or the bot itself
    .replaceAll(/<@([A-Z0-9]{1,20})(?:\|[^<>]{0,100})?>/g, (_all, id: string) => {
      mentions.push(id);
      return " ";
    })
    // <#C123|payments>: a channel; <!subteam^S123|@payments>: a user group
    .replaceAll(/<[#!][^<>|]{1,60}\|([^<>]{0,100})>/g, " $1 ")
    // <!here>, <#C123>
    .replaceAll(/<[#!][^<>|]{1,60}>/g, " ")
    // <https://…|label>
    .replaceAll(
      /<((?:https?|mailto):[^<>|\s]{1,2000})(?:\|([^<>]{0,300}))?>/g,
      (_all, url: string, label?: string) => {
        urls.push(url);
        return ` ${label ?? url} `;
      },
    )
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
  const text = plainText(unmarked, maxLength)
    // bare addresses are remembered and stand for their path
    .replaceAll(/https?:\/\/[^\s<>|"'`)]{1,2000}/g, (url) => {
      if (!urls.includes(url)) urls.push(url);
      return url;
    })
    // :tada:
    .replaceAll(/(^|\s):[a-z0-9_+-]{1,40}:(?=\s|$)/g, "$1 ")
    // code ticks and emphasis marks
    .replaceAll(/[`*]|(?<=\s|^)[_~]+|[_~]+(?=\s|[?.!,]|$)/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return { text, mentions, urls };
}
