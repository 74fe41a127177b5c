import { InputError } from "../../base/errors.ts";
import { message, section } from "../views/blocks.ts";
import { mrk } from "../views/text.ts";
import { feedbackOf } from "./feedback.ts";
import type { Subcommand } from "./subcommand.ts";

/** Whether a team's channel gets the weekly digest. */
export const digestCommand: Subcommand = {
  name: "digest",
  usage: "/callboard digest [on|off]",
  what: "whether this channel gets its team's weekly digest",
  who: "members",
  takes: (rest) => ["", "on", "off"].includes(rest.toLowerCase()),
  async answer({ context, asker, rest }) {
    const { channel } = asker;
    if (channel === undefined || channel.startsWith("D")) {
      throw new InputError("digest-needs-channel", "the digest belongs to a team's channel", {
        hint: "write this in the channel that should or should not get it",
      });
    }
    const digest = feedbackOf(context).digest;
    const wish = rest.toLowerCase();
    if (wish !== "") await digest.set(channel, wish === "on");
    const isOn = await digest.isOn(channel);
    const state = isOn
      ? "This channel gets its team's digest once a week. `/callboard digest off` ends it."
      : "This channel gets no digest. `/callboard digest on` brings it back.";
    const note = digest.isEnabled
      ? ""
      : " Digests are not switched on here (`digest` in callboard.yaml).";
    return message(`${state}${note}`, [section(mrk`${{ mrkdwn: state }}${{ mrkdwn: note }}`)]);
  },
};
