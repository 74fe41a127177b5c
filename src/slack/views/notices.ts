import { message, type MessageContent, section } from "./blocks.ts";

const notices = {
  "external-channel":
    "People from another company read this channel, so I say nothing about ours here. Ask me in a direct message.",
  "external-person": "I answer members of this workspace only.",
} as const;

/** A fixed sentence of ours as a message. */
export function renderNotice(name: keyof typeof notices): MessageContent {
  return message(notices[name], [section({ mrkdwn: notices[name] })]);
}
