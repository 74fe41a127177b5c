import type { PolicyAction } from "../../usecases/policy/policy.ts";
import type { SlackContext } from "../context.ts";
import type { Asker } from "../handlers/answering.ts";
import type { CommandArgs } from "../handlers/tables.ts";
import type { MessageContent } from "../views/blocks.ts";

/** Who may use a command: everybody who may ask, full members of the workspace, or the people of `operators` in callboard.yaml. */
export type Audience = "everyone" | "members" | "operators";

/** What a command is asked with. */
export interface SubcommandCall {
  context: SlackContext;
  asker: Asker;
  /** What follows the command's name, without blanks around it. */
  rest: string;
  /** All commands, for the one that lists them. */
  commands: readonly Subcommand[];
}

/** A word of ours after `/callboard`, a mention, or at the beginning of a direct message. */
export interface Subcommand {
  /** One word or several, in lower case, such as `catalog accept`. */
  name: string;
  /** As a person types it, such as `/callboard catalog accept [source]`. */
  usage: string;
  /** What it does, in a line; begins in lower case. */
  what: string;
  who: Audience;
  /** What the policy of callboard.yaml is asked, where there is one. */
  action?: PolicyAction;
  /** True when `rest` is meant for this command; otherwise the whole text is a question. By default nothing may follow. */
  takes?(rest: string): boolean;
  /** False for other spellings of a command that is listed already. */
  isListed?: false;
  /**
   * What a slash command does at once instead of being answered, such as opening a form: only it has a trigger.
   * @returns false when there is nothing to open, so that it is answered
   */
  open?(args: CommandArgs, context: SlackContext, rest: string): Promise<boolean>;
  /** The answer, the same one by slash command, mention and direct message. Errors of ours that it throws are shown. */
  answer(call: SubcommandCall): Promise<MessageContent>;
}
