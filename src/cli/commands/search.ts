import { searchCatalog } from "../../usecases/answers/search-catalog.ts";
import type { CliContext } from "../context.ts";
import { openCatalog } from "../open-catalog.ts";

/** `callboard search`: always 0; finding nothing is an answer, too. */
export async function runSearch(
  context: CliContext,
  words: string,
  options: { kind?: string; limit: number; json?: boolean },
): Promise<number> {
  const catalog = await openCatalog(context);
  try {
    const results = searchCatalog(catalog.snapshot(), words, options);
    const lines = results.map((result) => {
      const name = "ref" in result ? result.ref : result.doc;
      return `${result.score.toFixed(2)}  ${name}  ${result.title}\n`;
    });
    context.stdout.write(
      options.json === true ? `${JSON.stringify({ results })}\n` : lines.join(""),
    );
    return 0;
  } finally {
    await catalog.close();
  }
}
