import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { InputError } from "../../base/errors.ts";
import type { Answer } from "../../usecases/answers/answer.ts";
import type { CliContext } from "../context.ts";
import { createTerminalAnswerer, openCatalog } from "../open-catalog.ts";

/** `callboard ask`: 0 when everything found an answer, 1 when something did not. */
export async function runAsk(
  context: CliContext,
  question: string,
  options: { batch?: string; json?: boolean },
): Promise<number> {
  if (options.batch === undefined && question.trim() === "") {
    throw new InputError("question-missing", "there is no question", {
      hint: 'such as: callboard ask "who owns checkout"',
    });
  }
  const catalog = await openCatalog(context);
  try {
    const questions =
      options.batch === undefined ? [question] : readQuestions(options.batch, context.cwd);
    const isJson = options.json === true || options.batch !== undefined;
    const ask = createTerminalAnswerer(context, catalog);
    let exitCode = 0;
    for (const text of questions) {
      const answer = await ask(text);
      if (answer.status === "unknown") exitCode = 1;
      context.stdout.write(isJson ? `${JSON.stringify(toJson(answer))}\n` : `${toText(answer)}\n`);
    }
    // a batch is a report: that some of it found nothing is in its lines
    return options.batch === undefined ? exitCode : 0;
  } finally {
    await catalog.close();
  }
}

function readQuestions(file: string, cwd: string): string[] {
  try {
    return readFileSync(resolve(cwd, file), "utf8")
      .split(/\r?\n/)
      .filter((line) => line.trim() !== "");
  } catch (thrown) {
    throw new InputError("batch-unreadable", `the file ${file} cannot be read`, { cause: thrown });
  }
}

function toJson(answer: Answer): object {
  const { question, intent, status, entities, documents, text, evidence } = answer;
  return { question, intent, status, entities, documents, text, evidence };
}

function toText(answer: Answer): string {
  const sources = answer.evidence.map(({ source, statement }) => `  ${source}  ${statement}`);
  return [answer.text, ...(sources.length === 0 ? [] : ["", ...sources])].join("\n");
}
