import { InputError } from "../../base/errors.ts";
import { renderReport } from "../views/findings-view.ts";
import { catalogOf } from "./catalog.ts";
import type { Subcommand } from "./subcommand.ts";

/** What is wrong with the catalog files of one place, as they are now. */
export const checkCommand: Subcommand = {
  name: "check",
  usage: "/callboard check <repository, URL, file or name>",
  what: "what is wrong with its catalog file, with line and fix",
  who: "members",
  // several words are a question
  takes: (rest) => !/\s/.test(rest),
  async answer({ context, rest }) {
    const catalog = catalogOf(context);
    if (rest === "" || catalog.check === undefined) {
      throw new InputError("check-target-missing", "I need to know what to check", {
        hint: "name a repository, a URL, a file or something of the catalog: `/callboard check acme/payments`",
      });
    }
    return renderReport(rest, await catalog.check(rest));
  },
};
