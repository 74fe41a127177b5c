import { displayName } from "../../catalog/model.ts";
import type { Snapshot } from "../../usecases/snapshot.ts";
import type { CliContext } from "../context.ts";
import { openCatalog } from "../open-catalog.ts";

/** One line of the result; exactly one of `ref` and `doc` is there. */
interface Result {
  ref?: string;
  /** `path#anchor` of a section. */
  doc?: string;
  title: string;
  score: number;
}

/** `callboard search`: always 0; finding nothing is an answer, too. */
export async function runSearch(
  context: CliContext,
  words: string,
  options: { kind?: string; limit: number; json?: boolean },
): Promise<number> {
  const catalog = await openCatalog(context);
  try {
    const snapshot = catalog.snapshot();
    const hits = snapshot.index.search({
      text: words,
      limit: options.limit,
      ...(options.kind === undefined ? {} : { kinds: [options.kind.toLowerCase()] }),
    });
    const results = hits.map((hit) => toResult(hit, snapshot));
    const text = results
      .map(({ ref, doc, title, score }) => `${score.toFixed(2)}  ${ref ?? doc ?? ""}  ${title}\n`)
      .join("");
    context.stdout.write(options.json === true ? `${JSON.stringify({ results })}\n` : text);
    return 0;
  } finally {
    await catalog.close();
  }
}

function toResult({ id, score }: { id: string; score: number }, snapshot: Snapshot): Result {
  const entity = snapshot.catalog.entities.get(id);
  if (entity !== undefined) return { ref: id, title: displayName(entity), score };
  const [path] = id.split("#");
  const document = snapshot.documents.find((each) => each.path === path);
  return { doc: id, title: document?.title ?? id, score };
}
