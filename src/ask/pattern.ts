/** A row of steps to compare with words. Made by `compilePattern`. */
export interface Pattern {
  /** The first step with all that may follow it. */
  first: Node;
  /** True when it begins with a slot, which then takes all that stands before. */
  hasOpenStart: boolean;
  /** True when nothing may stand before it. */
  isWhole: boolean;
  /** Sets of words of which at least one each must occur in any question that fits: spares most comparisons. */
  required: readonly ReadonlySet<string>[];
}

interface Step {
  kind: "words" | "slot";
  /** Sub-patterns of which one must fit; for a slot empty. */
  options: readonly (readonly Step[])[];
  word?: string;
  isOptional: boolean;
  name?: string;
  /** Words of which the slot's first one must be. */
  first?: ReadonlySet<string>;
}

/** A step with what follows it, so that comparing makes no rows anew. */
type Node =
  | { kind: "end" }
  | { kind: "word"; word: string; next: Node }
  /** One of several ways on, the first that fits. */
  | { kind: "choice"; ways: readonly Node[] }
  | { kind: "slot"; name: string; first: ReadonlySet<string> | undefined; next: Node };

/** Where the words of each slot stand: from, to (exclusive). */
export type Slots = ReadonlyMap<string, readonly [number, number]>;

/** Under this name stands where the pattern itself begins. */
export const wholeSlot = "^";

/** Comparisons that a question may cost; one that people ask needs a few thousand for all patterns together. */
export interface StepBudget {
  left: number;
}

/**
 * Compiles `who (owns|runs) {x}`: words, `(a|b c)` for one of several, a `?` behind it when it may be absent, `{x}` for a
 * slot of one or more words, `{x:a|b}` for one that begins with one of these, `<name>` for a set, `^` in front when
 * nothing may stand before it. Throws for a set that does not exist, as data in our own files must be right.
 */
export function compilePattern(text: string, sets: Readonly<Record<string, string>>): Pattern {
  // sets may hold other sets; three rounds are plenty
  const isWhole = text.startsWith("^");
  let expanded = isWhole ? text.slice(1) : text;
  for (let round = 0; round < 3; round += 1)
    expanded = expanded.replaceAll(/<(\w+)>/g, (_all, name: string) => {
      const set = sets[name];
      if (set === undefined) throw new Error(`pattern “${text}” names the unknown set “${name}”`);
      return set;
    });
  const tokens = expanded.match(/\{[^{}]+\}|[()|?]|[^\s()|?{}]+/g) ?? [];
  const reader = { tokens, at: 0 };
  const steps = readSequence(reader);
  if (reader.at < tokens.length) throw new Error(`pattern “${text}” has a bracket too many`);
  return {
    first: linked(steps, { kind: "end" }),
    hasOpenStart: steps[0]?.kind === "slot",
    isWhole,
    required: steps.flatMap((step) => beginningsOf(step) ?? []),
  };
}

/** Steps with `next` behind them. */
function linked(steps: readonly Step[], next: Node): Node {
  let node = next;
  for (const step of steps.toReversed()) node = nodeOf(step, node);
  return node;
}

function nodeOf(step: Step, next: Node): Node {
  if (step.kind === "slot") return { kind: "slot", name: step.name ?? "", first: step.first, next };
  if (step.word !== undefined) return { kind: "word", word: step.word, next };
  const ways = step.options.map((option) => linked(option, next));
  return { kind: "choice", ways: step.isOptional ? [...ways, next] : ways };
}

interface Reader {
  tokens: readonly string[];
  at: number;
}

function readSequence(reader: Reader): Step[] {
  const steps: Step[] = [];
  for (;;) {
    const token = reader.tokens[reader.at];
    if (token === undefined || token === ")" || token === "|") return steps;
    reader.at += 1;
    if (token === "(") steps.push(readChoice(reader));
    else if (token.startsWith("{")) steps.push(readSlot(token.slice(1, -1)));
    else steps.push({ kind: "words", word: token, options: [], isOptional: false });
  }
}

function readSlot(text: string): Step {
  const [name = "", first] = text.split(":", 2);
  // the words of an expanded set stand in brackets
  const words = first?.split(/[()|\s]+/).filter((word) => word !== "");
  const slot: Step = { kind: "slot", options: [], name, isOptional: false };
  return words === undefined ? slot : { ...slot, first: new Set(words) };
}

function readChoice(reader: Reader): Step {
  const options = [readSequence(reader)];
  while (reader.tokens[reader.at] === "|") {
    reader.at += 1;
    options.push(readSequence(reader));
  }
  if (reader.tokens[reader.at] !== ")") throw new Error("a pattern lacks a closing bracket");
  reader.at += 1;
  const isOptional = reader.tokens[reader.at] === "?";
  if (isOptional) reader.at += 1;
  return { kind: "words", options, isOptional };
}

/** The words that a step may begin with; undefined when it may be absent or begin with anything. */
function beginningsOf(step: Step): ReadonlySet<string> | undefined {
  if (step.isOptional) return undefined;
  if (step.kind === "slot") return step.first;
  if (step.word !== undefined) return new Set([step.word]);
  const words = new Set<string>();
  for (const option of step.options) {
    const first = option.find((inner) => !inner.isOptional);
    const inner = first === undefined ? undefined : beginningsOf(first);
    // an optional word in front may be the beginning, too, but the word behind it has to come in any case
    if (inner === undefined) return undefined;
    for (const word of inner) words.add(word);
  }
  return words;
}

/**
 * Looks for the pattern in the words: anywhere when it begins with a word, over all that stands before when it begins
 * with a slot; to the end of the words in any case. Gives the slots, or undefined.
 */
export function matchPattern(
  pattern: Pattern,
  words: readonly string[],
  budget: StepBudget = { left: 10_000 },
): Slots | undefined {
  const isBound = pattern.isWhole || pattern.hasOpenStart;
  const lastStart = isBound ? 0 : words.length - 1;
  for (let start = 0; start <= lastStart; start += 1) {
    const slots = matchNode(pattern.first, words, start, budget);
    if (slots !== undefined) return slots.set(wholeSlot, [start, words.length]);
  }
  return undefined;
}

type FoundSlots = Map<string, readonly [number, number]>;

function matchNode(
  node: Node,
  words: readonly string[],
  at: number,
  budget: StepBudget,
): FoundSlots | undefined {
  budget.left -= 1;
  if (budget.left < 0) return undefined;
  if (node.kind === "word")
    return words[at] === node.word ? matchNode(node.next, words, at + 1, budget) : undefined;
  if (node.kind === "slot") return matchSlot(node, words, at, budget);
  if (node.kind === "end") return at === words.length ? new Map() : undefined;
  for (const way of node.ways) {
    const slots = matchNode(way, words, at, budget);
    if (slots !== undefined) return slots;
  }
  return undefined;
}

function matchSlot(
  { name, first, next }: Extract<Node, { kind: "slot" }>,
  words: readonly string[],
  at: number,
  budget: StepBudget,
): FoundSlots | undefined {
  if (at >= words.length || first?.has(words[at] ?? "") === false) return undefined;
  if (next.kind === "end") return new Map([[name, [at, words.length]]]);
  // a slot that must begin with a certain word is that word
  const longest = first === undefined ? words.length : at + 1;
  for (let end = at + 1; end <= longest; end += 1) {
    const slots = matchNode(next, words, end, budget);
    if (slots !== undefined) return slots.set(name, [at, end]);
  }
  return undefined;
}
