import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter } from "yaml";

/** Line and column, both from 1. */
export interface Position {
  line: number;
  column: number;
}

/** Finds where a value stands; the nearest existing parent when the path is absent. */
export type Locate = (path: readonly (string | number)[]) => Position;

/** Entries of one document; what lies beyond is found at its parent. Nobody edits such a document by hand. */
const maxEntries = 5_000;
/** Paths of findings are shorter. */
const maxLevels = 16;

/**
 * Writes down where each value of a document stands: a line for each value with its depth, line, column and key, parents
 * before children. A text, because it takes a tenth of the memory of a syntax tree and goes from thread to thread at once.
 */
export function writePlaces(document: Document.Parsed, lineCounter: LineCounter): string {
  const rows: string[] = [];
  const write = (depth: number, offset: number, key: string): void => {
    const { line, col } = lineCounter.linePos(offset);
    rows.push(`${depth}\t${line}\t${col}\t${oneLine(key)}`);
  };
  const visit = (given: unknown, depth: number, offset: number): void => {
    const node = isAlias(given) ? given.resolve(document) : given;
    if (depth > maxLevels) return;
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (rows.length >= maxEntries) return;
        const own = startOf(value, startOf(key, offset));
        write(depth, own, isScalar(key) ? String(key.value) : "");
        visit(value, depth + 1, own);
      }
    } else if (isSeq(node)) {
      for (const [at, item] of node.items.entries()) {
        if (rows.length >= maxEntries) return;
        const own = nodeStart(item) ?? offset;
        write(depth, own, String(at));
        visit(item, depth + 1, own);
      }
    }
  };
  const start = document.contents?.range[0] ?? 0;
  write(0, start, "");
  visit(document.contents, 1, start);
  return rows.join("\n");
}

/** Looks a path up in what `writePlaces` wrote; an empty text has only a beginning. */
export function findPlace(places: string, path: readonly (string | number)[]): Position {
  let found: Position = { line: 1, column: 1 };
  let matched = -1;
  if (places === "") return found;
  for (const row of places.split("\n")) {
    const [depth = "", line, column, key] = row.split("\t", 4);
    const level = Number(depth);
    // what follows is no longer below the value that was found
    if (level <= matched) break;
    if (level !== matched + 1) continue;
    if (level > 0 && key !== oneLine(String(path[level - 1]))) continue;
    found = { line: Number(line), column: Number(column) };
    matched = level;
    if (matched === path.length) break;
  }
  return found;
}

/** A key in a row of its own. */
function oneLine(key: string): string {
  return key.replaceAll(/[\n\t]/g, " ");
}

/** A scalar or flow collection is pointed at itself, a block collection or an absent value through its key. */
function startOf(node: unknown, keyOffset: number): number {
  const isBlock = (isMap(node) || isSeq(node)) && node.flow !== true;
  const isEmpty = isScalar(node) && node.value === null && node.source === "";
  return isBlock || isEmpty ? keyOffset : (nodeStart(node) ?? keyOffset);
}

function nodeStart(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)
    ? node.range?.[0]
    : undefined;
}
