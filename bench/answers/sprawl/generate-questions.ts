import type { Question } from "../generate-questions.ts";
import { createRandom, type Random } from "../random.ts";
import { ascii, type Sprawl, type SprawlComponent } from "./generate-catalog.ts";
import { pastedAlert } from "./pasted-alerts.ts";
import {
  followPhrases,
  hopeless,
  ownerPhrases,
  personPhrases,
  questionPhrases,
  runbookPhrases,
  teamPhrases,
} from "./phrases.ts";
import { areas, half, jobs } from "./words.ts";

type Maker = (made: Sprawl, random: Random) => Question | undefined;

/** Makes `count` questions of each class in the ways of the company's fold. */
export function generateSprawlQuestions(made: Sprawl, count: number, seed: number): Question[] {
  const random = createRandom(seed);
  return Object.entries(makers).flatMap(([name, make]) => {
    const questions: Question[] = [];
    for (let attempt = 0; questions.length < count && attempt < count * 80; attempt += 1) {
      const question = make(made, random);
      if (question !== undefined) questions.push({ ...question, class: name });
    }
    return questions;
  });
}

const of = (text: string, ...expected: string[]): Question => ({ class: "", text, expected });
const pick = (made: Sprawl, random: Random): SprawlComponent => random.pick(made.components);

function phrase(made: Sprawl, random: Random, phrases: readonly string[], name: string): string {
  return random.pick(half(phrases, made.fold)).replace("{x}", name);
}

/** Components that a name like this may as well mean. */
function named(made: Sprawl, words: readonly string[]): string[] {
  const key = words.join("");
  return made.components
    .filter((other) => other.words.join("") === key || other.core.join("") === key)
    .map(({ ref }) => ref);
}

function holding(made: Sprawl, words: readonly string[]): SprawlComponent[] {
  return made.components.filter((other) => words.every((word) => other.words.includes(word)));
}

/** As people type a name: as it is written, with spaces, in capitals, with its organisation. */
function spelled(one: SprawlComponent, random: Random): string {
  return random.pick([
    one.name,
    one.words.join(" "),
    one.name,
    one.words.join("-"),
    one.name.toUpperCase(),
  ]);
}

const neighbours: Record<string, string> = Object.fromEntries(
  ["qwertyuiop", "asdfghjkl", "zxcvbnm"].flatMap((row) =>
    Array.from(row, (letter, at) => [letter, `${row[at - 1] ?? ""}${row[at + 1] ?? ""}`]),
  ),
);

/** One slip of the fingers, never at the first letter: a neighbouring key, two letters swapped, one lost or doubled. */
function slip(word: string, random: Random): string {
  const at = 1 + random.below(word.length - 1);
  const own = word.charAt(at);
  return random.pick([
    word.slice(0, at) + random.pick((neighbours[own] ?? "x").split("")) + word.slice(at + 1),
    word.slice(0, at) + word.slice(at + 1),
    word.slice(0, at) + own + word.slice(at),
    at + 1 < word.length
      ? word.slice(0, at) + word.charAt(at + 1) + own + word.slice(at + 2)
      : word.slice(0, at),
  ]);
}

const shortNames: Record<string, string> = {
  service: "svc",
  gateway: "gw",
  manager: "mgr",
  authentication: "auth",
  configuration: "cfg",
  database: "db",
  frontend: "fe",
  message: "msg",
};

/** A beginning, the consonants, or the usual short form. */
function shortened(word: string, random: Random): string {
  const usual = shortNames[word];
  if (usual !== undefined) return usual;
  if (word.length <= 4) return word;
  const bare =
    word.charAt(0) +
    word
      .slice(1)
      .replaceAll(/[aeiou]/g, "")
      .replaceAll(/(.)\1/g, "$1");
  return random.pick([
    word.slice(0, 3),
    word.slice(0, 4),
    bare.length >= 3 ? bare.slice(0, 4) : word.slice(0, 4),
  ]);
}

const makers: Record<string, Maker> = {
  exact: (made, random) => {
    const one = pick(made, random);
    return of(
      random.pick([one.name, one.name.toUpperCase(), `northwind/${one.name}`]),
      ...named(made, one.words),
    );
  },
  spaces: (made, random) => {
    const one = pick(made, random);
    return of(one.words.join(random.pick([" ", " ", "_", "."])), ...named(made, one.words));
  },
  typo: (made, random) => {
    const one = pick(made, random);
    const at = random.below(one.words.length);
    const word = one.words[at] ?? "";
    if (word.length < 5) return undefined;
    const words = one.words.with(at, slip(word, random));
    if (words.join("") === one.words.join("") || named(made, words).length > 0) return undefined;
    const text = words.join(random.pick(["-", " ", ""]));
    return of(random.chance(0.5) ? text : `who owns ${text}`, ...named(made, one.words));
  },
  "astray space": (made, random) => {
    const one = pick(made, random);
    const joined = one.words.join("");
    const cut = 2 + random.below(Math.max(1, joined.length - 4));
    const text = random.pick([joined, `${joined.slice(0, cut)} ${joined.slice(cut)}`]);
    return of(text, ...named(made, one.words));
  },
  prefix: (made, random) => {
    const one = pick(made, random);
    const joined = one.words.join("-");
    const text = joined.slice(
      0,
      Math.max(6, Math.ceil(joined.length * (0.6 + 0.25 * random.next()))),
    );
    const fitting = made.components.filter(
      (other) => other.words.join("-").startsWith(text) || other.core.join("-").startsWith(text),
    );
    return fitting.length > 3 ? undefined : of(text, ...fitting.map(({ ref }) => ref));
  },
  partial: (made, random) => {
    const one = pick(made, random);
    if (one.words.length < 3) return undefined;
    const words = one.words.toSpliced(random.below(one.words.length), 1);
    const fitting = holding(made, words);
    return fitting.length > 3 ? undefined : of(words.join(" "), ...fitting.map(({ ref }) => ref));
  },
  alias: (made, random) => {
    const one = pick(made, random);
    const [alias] = one.aliases;
    return alias === undefined
      ? undefined
      : of(random.pick([alias, alias.toLowerCase(), `who owns ${alias}`]), one.ref);
  },
  abbreviation: (made, random) => {
    const one = pick(made, random);
    const words = one.words.map((word) => shortened(word, random));
    if (words.join() === one.words.join() || one.words.length < 2) return undefined;
    return of(
      words.join(random.pick(["-", " "])),
      ...named(made, one.words),
      ...named(made, one.core),
    );
  },
  description: (made, random) => {
    const one = pick(made, random);
    const telling = one.setting.split(" ").at(-1) ?? "";
    const text = random.pick([
      `${one.action[2]} ${one.kind} ${one.thing} ${telling}`,
      `${one.kind} ${one.thing} ${one.setting}`,
      `${one.action[1]} ${one.kind} ${one.thing} ${telling}`,
    ]);
    return of(text, ...alike(made, one));
  },
  question: (made, random) => {
    const one = pick(made, random);
    const text = random
      .pick(half(questionPhrases, made.fold))
      .replace("{s}", one.action[0])
      .replace("{i}", one.action[1])
      .replace("{p}", one.action[2])
      .replace("{o}", `${one.kind} ${one.thing} ${one.setting}`);
    return of(text, ...alike(made, one), ...owners(made, one, text));
  },
  owner: (made, random) => {
    const one = pick(made, random);
    return of(phrase(made, random, ownerPhrases, spelled(one, random)), ...named(made, one.words));
  },
  team: (made, random) => {
    const team = random.pick(made.teams);
    return of(
      phrase(made, random, teamPhrases, random.pick([team.name, team.title, `#${team.channel}`])),
      team.ref,
    );
  },
  person: (made, random) => {
    const person = random.pick(made.people);
    const name = random.pick([
      person.title,
      ascii(person.title),
      person.login,
      `${person.login}@northwind.example`,
    ]);
    const same = made.people.filter(({ title }) => title === person.title).map(({ ref }) => ref);
    return of(phrase(made, random, personPhrases, name), person.ref, ...same);
  },
  runbook: (made, random) => {
    const one = pick(made, random);
    if (one.runbooks.length === 0) return undefined;
    const book = random.pick(one.runbooks);
    const text = phrase(made, random, runbookPhrases, spelled(one, random)).replace(
      "{s}",
      random.pick(half(book.symptom.asked, made.fold)),
    );
    const same = named(made, one.words);
    return of(
      text,
      ...made.components
        .filter(({ ref }) => same.includes(ref))
        .flatMap(({ runbooks }) => runbooks.filter(({ symptom }) => symptom === book.symptom))
        .map(({ path }) => path),
    );
  },
  path: (made, random) => {
    const one = pick(made, random);
    const form = random.pick([
      "who owns https://github.com/northwind/{x}/pull/482",
      "https://github.com/northwind/{x}/issues/7 whose is this?",
      "northwind/{x}:deploy/values.yaml",
      "who owns ghcr.io/northwind/{x}@sha256:1f2e3d4c5b6a79881f2e3d4c5b6a7988",
      "docker pull registry.northwind.example:5000/{x}:2026.11.3 fails, who do I ask",
      "who maintains apps/{x}/Dockerfile",
      'File "/usr/src/app/{x}/main.py", line 44, in handle',
      "git clone git@github.com:northwind/{x}.git asks for a password",
    ]);
    return of(
      form.replace("{x}", one.name),
      ...named(made, one.words),
      ...one.runbooks.map(({ path }) => path),
    );
  },
  "pasted alert": (made, random) => {
    const one = pick(made, random);
    const book = one.runbooks[0];
    if (book === undefined) return undefined;
    const paths = made.components
      .flatMap(({ runbooks }) => runbooks)
      .filter(({ alert }) => alert === book.alert)
      .map(({ path }) => path);
    return of(pastedAlert(random, made.fold, one, book), ...paths);
  },
  "follow-up": (made, random) => {
    const one = pick(made, random);
    const paths = one.runbooks.map(({ path }) => path);
    return {
      ...of(random.pick(half(followPhrases, made.fold)), one.ref, ...paths),
      previous: one.ref,
    };
  },
  unanswerable: (made, random) =>
    of(
      random
        .pick(half(hopeless, made.fold))
        .replace("{j}", random.pick(half(jobs, made.fold)))
        .replace("{a}", random.pick(half(areas, made.fold))),
    ),
};

function alike(made: Sprawl, one: SprawlComponent): string[] {
  return made.components
    .filter(
      ({ action, kind, thing, setting }) =>
        kind === one.kind &&
        thing === one.thing &&
        setting === one.setting &&
        action === one.action,
    )
    .map(({ ref }) => ref);
}

/** “Who is responsible for …” may as well be answered with the team. */
function owners(made: Sprawl, one: SprawlComponent, text: string): string[] {
  if (!text.startsWith("who")) return [];
  const relations = made.catalog.entities.get(one.ref)?.relations ?? [];
  return relations.filter(({ type }) => type === "ownedBy").map(({ targetRef }) => targetRef);
}
