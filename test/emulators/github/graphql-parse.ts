/** A field of a query, with what is selected below it. */
export interface Selection {
  /** As the answer calls it. */
  alias: string;
  name: string;
  arguments: Record<string, Argument>;
  /** Absent for a leaf. */
  selections: Selection[] | undefined;
  /** Only for objects of this type: the field stands in `... on Type { }`. */
  onType: string | undefined;
}

export type Argument = { variable: string } | { value: unknown };

// names, variables, strings, numbers, spreads and punctuation; commas are blanks in GraphQL
const token = /\s+|,|(\.\.\.|[_A-Za-z]\w*|\$\w+|"(?:[^"\\]|\\.)*"|-?\d+|[{}()[\]:!=])/gy;

/** Parses the part of GraphQL that clients of the emulation use: one query with variables, aliases and inline fragments. */
export function parseQuery(text: string): Selection[] {
  const tokens = [...text.matchAll(token)].flatMap(([, word]) =>
    word === undefined ? [] : [word],
  );
  if (tokens.join("").length !== text.replaceAll(/[\s,]/g, "").length) {
    throw new Error("Parse error: unexpected character");
  }
  let at = 0;
  const next = (): string => {
    const word = tokens[at];
    if (word === undefined) throw new Error("Parse error: unexpected end");
    at += 1;
    return word;
  };
  const expect = (wanted: string): void => {
    const word = next();
    if (word !== wanted) throw new Error(`Parse error on "${word}", expected "${wanted}"`);
  };

  function selectionSet(onType: string | undefined): Selection[] {
    expect("{");
    const selections: Selection[] = [];
    while (tokens[at] !== "}") {
      if (tokens[at] === "...") {
        at += 1;
        expect("on");
        selections.push(...selectionSet(next()));
      } else selections.push(field(onType));
    }
    expect("}");
    return selections;
  }

  function field(onType: string | undefined): Selection {
    let name = next();
    const alias = name;
    if (tokens[at] === ":") {
      at += 1;
      name = next();
    }
    const given: Record<string, Argument> = {};
    if (tokens[at] === "(") {
      at += 1;
      while (tokens[at] !== ")") {
        const key = next();
        expect(":");
        given[key] = argument(next());
      }
      at += 1;
    }
    const selections = tokens[at] === "{" ? selectionSet(undefined) : undefined;
    return { alias, name, arguments: given, selections, onType };
  }

  if (tokens[at] === "query") {
    while (tokens[at] !== "{") at += 1;
  }
  const selections = selectionSet(undefined);
  if (at !== tokens.length) throw new Error(`Parse error on "${tokens[at] ?? ""}"`);
  return selections;
}

function argument(word: string): Argument {
  if (word.startsWith("$")) return { variable: word.slice(1) };
  if (/^["\d-]|^(?:true|false|null)$/.test(word)) return { value: JSON.parse(word) };
  // an enum
  return { value: word };
}
