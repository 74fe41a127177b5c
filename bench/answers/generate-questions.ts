import type { Company } from "./generate-catalog.ts";
import type { MadeComponent } from "./generate-components.ts";
import { createRandom, type Random } from "./random.ts";
import { codenames, roles, subjects } from "./words.ts";

/** A question with its right answers. */
export interface Question {
  class: string;
  text: string;
  /** What an answer before it was about; the words alone do not say. */
  previous?: string;
  /** References or document paths, each of which is right; empty when nothing is. */
  expected: readonly string[];
}

type Maker = (made: Company, random: Random) => Question | undefined;

/** Makes `count` questions of each class; the same seed makes the same ones. */
export function generateQuestions(made: Company, count: number, seed: number): Question[] {
  const random = createRandom(seed);
  return Object.entries(makers).flatMap(([name, make]) => {
    const questions: Question[] = [];
    for (let attempt = 0; questions.length < count && attempt < count * 50; attempt += 1) {
      const question = make(made, random);
      if (question !== undefined) questions.push({ ...question, class: name });
    }
    return questions;
  });
}

const of = (text: string, ...expected: string[]): Question => ({ class: "", text, expected });
const component = (made: Company, random: Random): MadeComponent => random.pick(made.components);

/** Components whose name holds the same words, so that a question cannot tell them apart. */
function namesakes(made: Company, one: MadeComponent): string[] {
  const key = one.words.join("");
  return made.components.filter(({ words }) => words.join("") === key).map(({ ref }) => ref);
}

/** One letter left out, doubled, replaced or swapped with its neighbour; never the first. */
function misspell(word: string, random: Random): string {
  const at = 1 + random.below(word.length - 2);
  const letter = random.pick("abcdefghijklmnopqrstuvwxyz".split(""));
  return random.pick([
    word.slice(0, at) + word.slice(at + 1),
    word.slice(0, at) + (word[at] ?? "") + word.slice(at),
    word.slice(0, at) + letter + word.slice(at + 1),
    word.slice(0, at) + (word[at + 1] ?? "") + (word[at] ?? "") + word.slice(at + 2),
  ]);
}

/** First letter and consonants, as in `svc`; or the beginning, as in `auth`. */
function abbreviate(word: string, random: Random): string {
  if (word.length <= 4) return word;
  if (random.chance(0.5)) return word.slice(0, 3 + random.below(2));
  const skeleton = (word[0] ?? "") + word.slice(1).replaceAll(/[aeiou]/g, "");
  return skeleton.slice(0, 4).length < 3 ? word.slice(0, 4) : skeleton.slice(0, 4);
}

const ownerForms = [
  "who owns {x}",
  "who is responsible for {x}?",
  "which team owns {x}",
  "who's the owner of {x}?",
  "hey, who maintains {x} these days?",
  "who do I talk to about {x}",
  "owner of {x}",
  "do you know who looks after {x}?",
];

const makers: Record<string, Maker> = {
  exact: (made, random) => {
    const one = component(made, random);
    return of(one.name, ...namesakes(made, one));
  },
  spaces: (made, random) => {
    const one = component(made, random);
    return of(one.words.join(" "), ...namesakes(made, one));
  },
  typo: (made, random) => {
    const one = component(made, random);
    const at = random.below(one.words.length);
    const word = one.words[at] ?? "";
    if (word.length < 5) return undefined;
    const words = one.words.with(at, misspell(word, random));
    // a slip that makes another existing name asks for that one
    if (made.components.some((other) => other.words.join("") === words.join(""))) return undefined;
    return of(words.join(random.chance(0.5) ? "-" : " "), ...namesakes(made, one));
  },
  prefix: (made, random) => {
    const one = component(made, random);
    const joined = one.words.join("-");
    const text = joined.slice(0, Math.max(6, Math.ceil(joined.length * 0.7)));
    const fitting = made.components.filter((other) => other.words.join("-").startsWith(text));
    return fitting.length > 3 ? undefined : of(text, ...fitting.map(({ ref }) => ref));
  },
  partial: (made, random) => {
    const one = component(made, random);
    if (one.words.length < 3) return undefined;
    const words = one.words.filter((_, at) => at !== random.below(2));
    // “x api” may as well ask for the API of x, and “x svc” for the service of that name
    if (words.length === one.words.length || words.includes("api") || words.includes("svc"))
      return undefined;
    const fitting = made.components.filter((other) =>
      words.every((word) => other.words.includes(word)),
    );
    return fitting.length > 3 ? undefined : of(words.join(" "), ...fitting.map(({ ref }) => ref));
  },
  alias: (made, random) => {
    const one = component(made, random);
    const [alias] = one.aliases;
    return alias === undefined ? undefined : of(alias, one.ref);
  },
  abbreviation: (made, random) => {
    const one = component(made, random);
    if (one.words.length < 2) return undefined;
    const words = one.words.map((word) => abbreviate(word, random));
    if (words.join() === one.words.join()) return undefined;
    return of(words.join(random.chance(0.5) ? "-" : " "), ...namesakes(made, one));
  },
  description: (made, random) => {
    const one = component(made, random);
    const extra = one.circumstance.split(" ").at(-1) ?? "";
    return of(`${one.verb.toLowerCase()} ${one.object} ${extra}`, ...sameDescription(made, one));
  },
  question: (made, random) => {
    const one = component(made, random);
    const text = random.pick([
      `which service ${one.verb.toLowerCase()} ${one.object} ${one.circumstance}?`,
      `what ${one.verb.toLowerCase()} ${one.object} ${one.circumstance}`,
      `is there something that ${one.verb.toLowerCase()} ${one.object} ${one.circumstance}?`,
      `I'm looking for the thing that ${one.verb.toLowerCase()} ${one.object} ${one.circumstance}`,
      `where do we handle ${one.object} ${one.circumstance}?`,
    ]);
    return of(text, ...sameDescription(made, one));
  },
  owner: (made, random) => {
    const one = component(made, random);
    const name = random.chance(0.5) ? one.name : one.words.join(" ");
    return of(random.pick(ownerForms).replace("{x}", name), ...namesakes(made, one));
  },
  team: (made, random) => {
    const team = random.pick(made.teams);
    const form = random.pick([
      "what does {x} own",
      "what does team {x} own?",
      "services owned by {x}",
      "team {x}",
    ]);
    return of(form.replace("{x}", random.chance(0.5) ? team.name : team.title), team.ref);
  },
  person: (made, random) => {
    const person = random.pick(made.people);
    return of(
      random.pick(["{x}", "who is {x}", "what does {x} own"]).replace("{x}", person.title),
      person.ref,
    );
  },
  runbook: (made, random) => {
    const one = component(made, random);
    if (one.runbooks.length === 0) return undefined;
    const book = random.pick(one.runbooks);
    const name = random.chance(0.5) ? one.name : one.words.join(" ");
    const asked = random.pick(book.symptom.asked);
    const form = random.pick([
      "runbook for {x} {s}",
      "{x} {s}",
      "what do I do when {x} has {s}?",
      "{x} runbook {s}",
      "help with {x}: {s}",
    ]);
    const same = namesakes(made, one);
    const paths = made.components
      .filter(({ ref }) => same.includes(ref))
      .flatMap(({ runbooks }) => runbooks)
      .filter(({ symptom }) => symptom === book.symptom)
      .map(({ path }) => path);
    return of(form.replace("{x}", name).replace("{s}", asked), ...paths);
  },
  path: (made, random) => {
    const one = component(made, random);
    const form = random.pick([
      "who owns services/{x}/src/main.ts",
      "who owns acme/{x}:src/index.ts",
      "who owns https://github.com/acme/{x}/blob/main/src/handler.go",
      "who owns registry.example/acme/{x}:1.4.2",
      "error at run (/srv/app/{x}/src/index.js:10:5)",
    ]);
    // a trace may as well ask what to do about the error
    const paths = one.runbooks.map((book) => book.path);
    return of(form.replace("{x}", one.name), ...namesakes(made, one), ...paths);
  },
  "pasted alert": (made, random) => {
    const one = component(made, random);
    const book = one.runbooks[0];
    if (book === undefined) return undefined;
    const pod = `${one.name.toLowerCase().replaceAll(/[._]/g, "-")}-7d9f8b6c5-x2x9z`;
    const text = `runbook for [FIRING:1] ${book.alert} (production critical)\n*Labels:* pod = ${pod}, namespace = production\n*Summary:* ${book.symptom.meaning}`;
    const paths = made.components
      .flatMap(({ runbooks }) => runbooks)
      .filter(({ alert }) => alert === book.alert)
      .map(({ path }) => path);
    return of(text, ...paths);
  },
  "follow-up": (made, random) => {
    const one = component(made, random);
    const text = random.pick([
      "and who is on call?",
      "who owns it?",
      "what depends on it",
      "and its docs?",
      "which channel?",
    ]);
    const paths = one.runbooks.map(({ path }) => path);
    return { ...of(text, one.ref, ...paths), previous: one.ref };
  },
  unanswerable: (_made, random) => {
    const made = random.pick([
      "zorbulator",
      "flimflam",
      "quuxinator",
      "wibbletron",
      "snorkwhistle",
      "gribbleflotz",
      "plonkworthy",
    ]);
    return of(
      random.pick([
        `who owns ${made}-${random.pick(roles)}`,
        `runbook for ${made} ${random.pick(subjects)}`,
        `what depends on the ${made}`,
        `${random.pick(subjects)} ${made} ${random.pick(codenames)}`,
        "what's the weather like tomorrow",
        "when is lunch",
        "tell me a joke about penguins and databases",
        `how many ${made}s fit into a bus`,
      ]),
    );
  },
};

function sameDescription(made: Company, one: MadeComponent): string[] {
  return made.components
    .filter(
      ({ verb, object, circumstance }) =>
        verb === one.verb && object === one.object && circumstance === one.circumstance,
    )
    .map(({ ref }) => ref);
}
