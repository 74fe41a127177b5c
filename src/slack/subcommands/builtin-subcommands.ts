import { auditCommand } from "./audit.ts";
import { acceptCommand, catalogCommand, catalogStatusCommand } from "./catalog.ts";
import { checkCommand } from "./check.ts";
import { digestCommand } from "./digest.ts";
import { gapsCommand, statsCommand } from "./feedback.ts";
import { helpCommand } from "./help.ts";
import { newCommand, newServiceCommand } from "./new-service.ts";
import { runbookCommand, whoOwnsCommand } from "./questions.ts";
import { statusCommand } from "./status.ts";
import type { Subcommand } from "./subcommand.ts";

/** Every command, in the order in which help lists them. */
export const builtinSubcommands: readonly Subcommand[] = [
  whoOwnsCommand,
  runbookCommand,
  newServiceCommand,
  newCommand,
  checkCommand,
  statusCommand,
  catalogCommand,
  catalogStatusCommand,
  acceptCommand,
  statsCommand,
  gapsCommand,
  digestCommand,
  auditCommand,
  helpCommand,
];
