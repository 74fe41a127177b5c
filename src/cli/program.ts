import { Command, CommanderError, InvalidArgumentError, Option } from "commander";

import type { CliContext } from "./context.ts";
import type { TemplateRunFlags } from "./run-here.ts";
import { version } from "./version.ts";

/** Runs one command line and resolves with its exit code; failures are thrown and mapped in `main.ts`. */
export type Program = (argv: string[]) => Promise<number>;

/** Builds the command line. Commands are imported when they run, so that `--help` loads nothing. */
export function createProgram(context: CliContext): Program {
  return async (argv) => {
    let exitCode = 0;
    const program = baseProgram(context);
    const run: Run = async (work) => {
      exitCode = await work();
    };
    addBotCommands(program, context, run);
    addQuestionCommands(program, context, run);
    addFileCommands(program, context, run);
    addCatalogCommands(program, context, run);
    addFeedbackCommands(program, context, run);
    addAuditCommands(program, context, run);
    try {
      await program.parseAsync(argv, { from: "user" });
    } catch (thrown) {
      // commander has already printed what is wrong; its codes: 0 for help and version, 1 for misuse
      if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
      throw thrown;
    }
    return exitCode;
  };
}

type Run = (work: () => Promise<number>) => Promise<void>;

function baseProgram(context: CliContext): Command {
  return new Command("callboard")
    .description(
      "A Slack bot for developer self-service: who owns it, what to do when it breaks, and /newservice.",
    )
    .version(version())
    .exitOverride()
    .showHelpAfterError("(callboard --help lists the commands)")
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
    });
}

function addBotCommands(program: Command, context: CliContext, run: Run): void {
  program
    .command("start")
    .description(
      "run the bot; without Slack credentials it opens the local playground and prints its address",
    )
    .addOption(
      new Option("--role <role>", "what this process does (default: CALLBOARD_ROLE)").choices([
        "all",
        "web",
        "worker",
      ]),
    )
    .action((options: { role?: string }) =>
      run(async () => (await import("./commands/start.ts")).runStart(context, options)),
    );
  program
    .command("demo")
    .description("play a scripted conversation through the real bot, queue and git, and print it")
    .action(() => run(async () => (await import("./commands/demo.ts")).runDemo(context)));
  program
    .command("doctor")
    .description(
      "check configuration, catalog, storage, Slack and GitHub, and say how to mend each",
    )
    .action(() => run(async () => (await import("./commands/doctor.ts")).runDoctor(context)));
}

function addQuestionCommands(program: Command, context: CliContext, run: Run): void {
  program
    .command("ask")
    .description("answer a question without Slack")
    .argument("[question...]", "such as: who owns checkout")
    .option("--batch <file>", "a file with one question a line, answered as one JSON line each")
    .option("--json", "print the answer as JSON")
    .action((words: string[], options: { batch?: string; json?: boolean }) =>
      run(async () =>
        (await import("./commands/ask.ts")).runAsk(context, words.join(" "), options),
      ),
    );
  program
    .command("search")
    .description("rank entities and documents for some words")
    .argument("<words...>")
    .option("--kind <kind>", "only entities of this kind")
    .option("--limit <n>", "how many results", parseLimit, 10)
    .option("--json", "print the results as JSON")
    .action((words: string[], options: { kind?: string; limit: number; json?: boolean }) =>
      run(async () =>
        (await import("./commands/search.ts")).runSearch(context, words.join(" "), options),
      ),
    );
}

function addFileCommands(program: Command, context: CliContext, run: Run): void {
  program
    .command("check")
    .description("read catalog and template files and report what is wrong with them")
    .argument("[path...]", "files, folders or globs; default: the configured sources")
    .addOption(
      new Option("--format <format>", "how to print")
        .choices(["text", "json", "github", "sarif"])
        .default("text"),
    )
    .option("--json", "the same as --format json")
    .action((paths: string[], options: { format: string; json?: boolean }) =>
      run(async () => (await import("./commands/check.ts")).runCheck(context, paths, options)),
    );
  const template = program
    .command("template")
    .description("list, show and run software templates without Slack");
  template
    .command("list")
    .option("--json", "print as JSON")
    .action((options: { json?: boolean }) =>
      run(async () => (await import("./commands/template.ts")).runTemplateList(context, options)),
    );
  template
    .command("show")
    .argument("<template>", "a name, a reference or a template.yaml")
    .option("--json", "print as JSON")
    .action((name: string, options: { json?: boolean }) =>
      run(async () =>
        (await import("./commands/template.ts")).runTemplateShow(context, name, options),
      ),
    );
  template
    .command("run")
    .argument("<template>", "a name, a reference or a template.yaml")
    .option(
      "--values <file>",
      "YAML or JSON file with the values of the form; a dry run makes them up without it",
    )
    .option("--dry-run", "show what would be done; nothing is written outside --out")
    .option("--out <dir>", "put the files of the working copy there")
    .option("--json", "print the result as JSON")
    .addHelpText("after", "\nExit codes: 0 completed, 1 a step failed, 2 the input is wrong.")
    .action((name: string, options: TemplateRunFlags) =>
      run(async () =>
        (await import("./commands/template.ts")).runTemplateRun(context, name, options),
      ),
    );
}

function addAuditCommands(program: Command, context: CliContext, run: Run): void {
  program
    .command("audit")
    .description("read the audit log")
    .command("export")
    .description("print the audit log, oldest first, and check that nothing was changed in it")
    .option("--since <date>", "only from then on: a date, or a number of days such as 7d")
    .option("--json", "one JSON object a line")
    .action((options: { since?: string; json?: boolean }) =>
      run(async () => (await import("./commands/audit.ts")).runAuditExport(context, options)),
    );
}

function addCatalogCommands(program: Command, context: CliContext, run: Run): void {
  const catalog = program
    .command("catalog")
    .description("see how the catalog's sources stand, and accept what is held back");
  catalog
    .command("status")
    .description("age and failures of each source of the running bot")
    .option("--json", "print as JSON")
    .action((options: { json?: boolean }) =>
      run(async () => (await import("./commands/catalog.ts")).runCatalogStatus(context, options)),
    );
  catalog
    .command("accept")
    .description("let readings through that lost too many entities")
    .argument("[source]", "a source's id; default: all that are held back")
    .action((source: string | undefined) =>
      run(async () => (await import("./commands/catalog.ts")).runCatalogAccept(context, source)),
    );
}

function addFeedbackCommands(program: Command, context: CliContext, run: Run): void {
  program
    .command("stats")
    .description("how much the running bot was asked, about what, and how well it was answered")
    .option("--days <n>", "how many days", parseDays, 30)
    .option("--json", "print as JSON")
    .action((options: { days: number; json?: boolean }) =>
      run(async () => (await import("./commands/feedback.ts")).runStats(context, options)),
    );
  program
    .command("gaps")
    .description("what people asked for in vain, and what they said is wrong")
    .option("--json", "print as JSON")
    .action((options: { json?: boolean }) =>
      run(async () => (await import("./commands/feedback.ts")).runGaps(context, options)),
    );
}

function parseDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 90) {
    throw new InvalidArgumentError("expected a whole number from 1 to 90");
  }
  return days;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw new InvalidArgumentError("expected a whole number from 1 to 1000");
  }
  return limit;
}
