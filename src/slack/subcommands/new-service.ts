import { templateList } from "../handlers/answering.ts";
import { openNamedTemplate } from "../handlers/new-service.ts";
import type { Subcommand } from "./subcommand.ts";

/** The list of templates, or the form of one. */
export const newServiceCommand: Subcommand = {
  name: "newservice",
  usage: "/newservice [template]",
  what: "create something new from a template",
  who: "everyone",
  takes: () => true,
  async open(args, context, rest) {
    const name = templateName(rest);
    return name !== "" && (await openNamedTemplate(args, context, name));
  },
  answer: async ({ context, rest, asker }) =>
    await templateList(context, templateName(rest), asker),
};

/** The same in the words that people say. */
export const newCommand: Subcommand = { ...newServiceCommand, name: "new", isListed: false };

function templateName(rest: string): string {
  return rest.replace(/^service(?:\s+|$)/i, "");
}
