import { ForbiddenError } from "../../base/errors.ts";
import { renderAudit } from "../views/audit-view.ts";
import type { Subcommand } from "./subcommand.ts";

const shownEntries = 20;

/** What was written lately, and by whom. */
export const auditCommand: Subcommand = {
  name: "audit",
  usage: "/callboard audit",
  what: "what was started, approved, changed and refused lately, and by whom",
  who: "operators",
  action: "see-audit",
  async answer({ context }) {
    const { audit, operators, policy } = context.services;
    const isOpen = policy?.isConfigured === true || (operators?.groups.length ?? 0) > 0;
    // what others typed is not for everybody, so that nobody sees it before somebody is named
    if (audit === undefined || !isOpen) {
      throw new ForbiddenError("audit-closed", "the audit log is open to nobody here", {
        hint: "name operators, or a policy with see-audit, in callboard.yaml; `callboard audit export` works in a terminal",
      });
    }
    return renderAudit(await audit.latest(shownEntries), context.now());
  },
};
