import { openConfiguredStorage } from "../../app/create-core.ts";
import { countsFile, feedbackFolder } from "../../app/open-feedback.ts";
import { silentLogger } from "../../base/logger.ts";
import type { Config } from "../../config/load.ts";
import { type DayCounts, top } from "../../usecases/feedback/day-counts.ts";
import type { Gap } from "../../usecases/feedback/gap.ts";
import {
  bookOfRecords,
  bookOfText,
  type QuestionBook,
} from "../../usecases/feedback/question-book.ts";
import { readGaps, readStats, type Stats } from "../../usecases/feedback/question-stats.ts";
import { type CliContext, loadConfig } from "../context.ts";

/** `callboard stats`: how much was asked and how well it was answered; counters only. */
export async function runStats(
  context: CliContext,
  options: { days: number; json?: boolean },
): Promise<number> {
  const { days } = options;
  const nowMs = Date.now();
  const stats = await withBook(loadConfig(context), (book) => readStats(book, { nowMs, days }));
  context.stdout.write(options.json === true ? `${JSON.stringify(stats)}\n` : statsText(stats));
  return 0;
}

/** `callboard gaps`: what people asked for in vain or said is wrong. */
export async function runGaps(context: CliContext, options: { json?: boolean }): Promise<number> {
  const gaps = await withBook(loadConfig(context), readGaps);
  context.stdout.write(options.json === true ? `${JSON.stringify({ gaps })}\n` : gapsText(gaps));
  return 0;
}

/** Reads what the bot's processes share: their storage, or what a single one wrote beside its database. */
async function withBook<T>(config: Config, work: (book: QuestionBook) => Promise<T>): Promise<T> {
  const { REDIS_URL: redis, DATABASE_URL: database } = config.environment;
  if (redis === undefined && database === undefined) {
    return await work(bookOfText(await feedbackFolder(config).read(countsFile)));
  }
  const storage = await openConfiguredStorage(config, silentLogger);
  try {
    return await work(bookOfRecords(storage.records));
  } finally {
    await storage.close();
  }
}

function statsText({ days, total }: Stats): string {
  if (total.asked === 0) return `Nothing was asked in ${days.length} days.\n`;
  return `${[
    ...days
      .filter(({ asked }) => asked > 0)
      .map(
        ({ day, asked, answered, unclear, unanswered }) =>
          `${day}  ${asked} asked, ${answered} answered, ${unclear} asked back, ${unanswered} without an answer`,
      ),
    ...tallyText("asked about most", total.things),
    ...tallyText("asked by", total.teams),
    ...tallyText("kinds of question", total.intents),
    ...slowText(total),
  ].join("\n")}\n`;
}

const shownNames = 20;

function tallyText(title: string, tally: DayCounts["things"]): string[] {
  const names = top(tally, shownNames).map(([name, count]) => `  ${count}  ${name}`);
  return names.length === 0 ? [] : ["", title, ...names];
}

function slowText({ slowest }: DayCounts): string[] {
  const lines = slowest.map(({ about, ms }) => `  ${ms} ms  ${about}`);
  return lines.length === 0 ? [] : ["", "slowest", ...lines];
}

function gapsText(gaps: readonly Gap[]): string {
  if (gaps.length === 0) return "No gaps.\n";
  return gaps
    .map(({ kind, words, count, reports, ref, notes }) => {
      const near = ref === undefined ? "" : `  (${kind === "wrong" ? "about" : "nearest"} ${ref})`;
      const said = notes.map(({ text, by }) => `    ${by}: ${text.replaceAll(/\s+/g, " ")}\n`);
      const what = kind === "wrong" ? "said to be wrong" : "asked in vain";
      return `${what}: ${words}${near}  asked ${count}, reported ${reports}\n${said.join("")}`;
    })
    .join("");
}
