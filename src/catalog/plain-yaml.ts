/**
 * A reader for the plain YAML that nearly all catalog files are: block mappings and lists of one-line values, short lists in
 * brackets, literal blocks. It is many times faster than a whole YAML parser, and says undefined for everything that it does
 * not know, so that the whole parser reads that. What it does read, it reads exactly as the whole parser with `writePlaces`.
 */

/** A document that is a mapping. */
export interface PlainDocument {
  /** Counts from 0. */
  index: number;
  value: Record<string, unknown>;
  /** Of its first key, from 1. */
  line: number;
  /** As `writePlaces` writes them. */
  places: string;
}

/** Rows of places in one document; the whole parser stops near there. */
const maxRows = 4_000;
const maxLevels = 10;
/** Characters of one value. */
const maxValueLength = 10_000;

// control characters, and white space other than the space and the line feed: what `trim` takes away besides
const oddCharacter =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]/;
// a key of letters, digits and the signs of annotations, with what stands behind its colon
const entryPattern = /^([A-Za-z_][\w./-]*):(?:( +)(.*))?$/;
// a list of bare words in brackets
const wordListPattern = /^\[ *[A-Za-z_][\w./-]*(?: *, *[A-Za-z_][\w./-]*)* *\]$/;
const wordPattern = /[A-Za-z_][\w./-]*/g;
// words that mean a value in some way of writing
const reservedWord = /^(?:null|true|false)$/i;
// text in double quotes with the escapes that YAML and JSON have in common
const doubleQuoted = /^"(?:[^"\\]|\\["\\/nt])*"$/;
const singleQuoted = /^'(?:[^']|'')*'$/;
// how a bare text may begin so that it is nothing else
const bareStart = /^[A-Za-z_/0-9.(]/;
const plainInteger = /^(?:0|[1-9]\d{0,14})$/;
// every other number of YAML's core schema without a sign
const oddNumber =
  /^(?:0o[0-7]+|0x[\da-f]+|\d+|(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?|\.inf|\.nan)$/i;

class NotPlain extends Error {}

/** Reads a text of plain documents; undefined when it holds anything else, an empty document too. Never throws. */
export function readPlainYaml(text: string): PlainDocument[] | undefined {
  if (oddCharacter.test(text)) return undefined;
  try {
    return new PlainReader(text).documents();
  } catch (thrown) {
    if (thrown instanceof NotPlain) return undefined;
    throw thrown;
  }
}

/** What stands at one place: a line without its indentation, or the rest of one behind a dash. */
interface Piece {
  /** Characters before it. */
  indent: number;
  content: string;
}

class PlainReader {
  readonly #lines: readonly string[];
  /** The line that is looked at, from 0. */
  #at = 0;
  #rows: string[] = [];

  constructor(text: string) {
    this.#lines = text.split("\n");
  }

  documents(): PlainDocument[] {
    const documents: PlainDocument[] = [];
    if (this.#piece() === undefined) this.#takeMarker();
    for (;;) {
      const first = this.#piece();
      if (first?.indent !== 0) throw new NotPlain();
      const line = this.#at + 1;
      this.#rows = [];
      this.#row(0, 1, "");
      const value = this.#map(0, 1, {});
      documents.push({ index: documents.length, value, line, places: this.#rows.join("\n") });
      if (this.#at >= this.#lines.length) return documents;
      this.#takeMarker();
    }
  }

  #takeMarker(): void {
    if (this.#lines[this.#at] !== "---") throw new NotPlain();
    this.#at += 1;
  }

  /** The next line with content; undefined at the end of the document. */
  #piece(): Piece | undefined {
    for (; this.#at < this.#lines.length; this.#at += 1) {
      const line = this.#lines[this.#at] ?? "";
      if (line === "---") return undefined;
      const content = line.trim();
      if (content !== "" && !content.startsWith("#"))
        return { indent: line.indexOf(content), content };
    }
    return undefined;
  }

  #row(depth: number, column: number, key: string): void {
    if (this.#rows.length >= maxRows || depth > maxLevels) throw new NotPlain();
    this.#rows.push(`${depth}\t${this.#at + 1}\t${column}\t${key}`);
  }

  /** Goes on with a mapping whose keys stand behind `indent` spaces. */
  #map(indent: number, depth: number, value: Record<string, unknown>): Record<string, unknown> {
    for (;;) {
      const piece = this.#piece();
      if (piece === undefined || piece.indent < indent) return value;
      if (piece.indent > indent) throw new NotPlain();
      this.#entry(piece, depth, value);
    }
  }

  #entry({ indent, content }: Piece, depth: number, value: Record<string, unknown>): void {
    const [, key = "", space = "", rest = ""] = entryPattern.exec(content) ?? [];
    const isOdd = key === "" || key === "__proto__" || reservedWord.test(key);
    if (isOdd || Object.hasOwn(value, key)) throw new NotPlain();
    if (rest === "") {
      this.#row(depth, indent + 1, key);
      this.#at += 1;
      value[key] = this.#nested(indent, depth + 1);
      return;
    }
    const column = indent + key.length + space.length + 2;
    this.#row(depth, column, key);
    value[key] =
      rest === "|" || rest === "|-"
        ? this.#literal(indent, rest === "|")
        : this.#scalar(rest, column, depth + 1);
  }

  /** What stands below a key. */
  #nested(indent: number, depth: number): unknown {
    const piece = this.#piece();
    if (piece === undefined || piece.indent < indent) return null;
    if (piece.content.startsWith("- ")) return this.#list(piece.indent, depth);
    return piece.indent === indent ? null : this.#map(piece.indent, depth, {});
  }

  #list(indent: number, depth: number): unknown[] {
    const items: unknown[] = [];
    for (;;) {
      const piece = this.#piece();
      if (piece === undefined || piece.indent < indent) return items;
      if (piece.indent > indent) throw new NotPlain();
      if (!piece.content.startsWith("- ")) return items;
      const content = piece.content.slice(2).trimStart();
      const own = indent + piece.content.length - content.length;
      this.#row(depth, own + 1, String(items.length));
      if (!entryPattern.test(content)) {
        items.push(this.#scalar(content, own + 1, depth + 1));
        continue;
      }
      const item: Record<string, unknown> = {};
      this.#entry({ indent: own, content }, depth + 1, item);
      items.push(this.#map(own, depth + 1, item));
    }
  }

  /** A value that ends with its line. */
  #scalar(text: string, column: number, depth: number): unknown {
    const value = text.startsWith("[")
      ? this.#wordList(text, column, depth)
      : text === "{}"
        ? {}
        : scalarValue(text);
    this.#at += 1;
    return value;
  }

  #wordList(text: string, column: number, depth: number): unknown[] {
    if (text === "[]") return [];
    if (text.length > maxValueLength || !wordListPattern.test(text)) throw new NotPlain();
    return [...text.matchAll(wordPattern)].map(({ 0: word, index }, at) => {
      if (reservedWord.test(word)) throw new NotPlain();
      this.#row(depth, column + index, String(at));
      return word;
    });
  }

  /** A block of lines as they are. */
  #literal(indent: number, hasEnd: boolean): string {
    this.#at += 1;
    const own = indentOf(this.#lines[this.#at] ?? "");
    if (own <= indent) throw new NotPlain();
    const taken: string[] = [];
    for (let line = this.#literalLine(own); line !== undefined; line = this.#literalLine(own)) {
      taken.push(line);
      this.#at += 1;
    }
    while (taken.at(-1) === "") taken.pop();
    return `${taken.join("\n")}${hasEnd ? "\n" : ""}`;
  }

  /** The present line of a literal block; undefined when it has ended. */
  #literalLine(own: number): string | undefined {
    const line = this.#lines[this.#at];
    if (line === undefined || line === "") return line;
    const isLast = this.#at === this.#lines.length - 1;
    if (isLast || line.trim() === "") throw new NotPlain();
    if (indentOf(line) >= own) return line.slice(own);
    if (line.trimStart().startsWith("#")) throw new NotPlain();
    return undefined;
  }
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The value of a text in quotes or without. */
function scalarValue(text: string): unknown {
  if (text.length > maxValueLength) throw new NotPlain();
  if (doubleQuoted.test(text)) return JSON.parse(text);
  if (singleQuoted.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  const comment = text.indexOf(" #");
  const bare = comment === -1 ? text : text.slice(0, comment).trimEnd();
  if (!bareStart.test(bare) || bare.includes(": ") || bare.endsWith(":")) throw new NotPlain();
  return bareValue(bare);
}

function bareValue(text: string): unknown {
  if (plainInteger.test(text)) return Number(text);
  if (text === "true" || text === "false") return text === "true";
  if (reservedWord.test(text) || oddNumber.test(text)) throw new NotPlain();
  return text;
}
