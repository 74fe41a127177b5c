import { wordsKey } from "../../search/query-words.ts";
import type { Hit } from "../../search/search-item.ts";
import { choicesOf, frame, questionFor, rounded, type Asked } from "./answer-frame.ts";
import { evidenceOf } from "./answer-parts.ts";
import type { Answer, EntityBrief } from "./answer.ts";
import { maxChoices } from "./resolve-subject.ts";

/** Several things fit: at most five to choose from, best first. */
export function answerChoice(asked: Asked, hits: readonly Hit[], rest = ""): Answer {
  const choices = choicesOf(asked, hits, rest).slice(0, maxChoices);
  const entities = choices.map(({ brief }) => asked.catalog.entities.get(brief.ref));
  return frame(asked, {
    status: "ambiguous",
    card: {
      type: "choice",
      title: `Which “${shortened(asked.query.subject)}” do you mean?`,
      words: wordsKey(asked.query.subject),
      choices,
    },
    evidence: entities.flatMap((entity) => (entity === undefined ? [] : [evidenceOf(entity)])),
    entities: hits
      .filter((hit) => hit.kind !== "section")
      .map((hit) => ({ ref: hit.id, score: rounded(hit.score) })),
  });
}

/** Nothing fits: says so, with the nearest names and what else could be asked. */
export function answerNothing(asked: Asked, near: readonly Hit[], title?: string): Answer {
  const choices = choicesOf(asked, near).slice(0, maxChoices);
  const subject = shortened(asked.query.subject);
  return frame(asked, {
    status: "unknown",
    card: {
      type: "nothing",
      words: wordsKey(asked.query.subject),
      title:
        title ?? (subject === "" ? askingBack(asked) : `Nothing in the catalog fits “${subject}”.`),
      near: choices,
      suggestions: suggestionsOf(
        asked,
        choices.map((choice) => choice.brief),
      ),
    },
    evidence: [],
    entities: near
      .filter((hit) => hit.kind !== "section")
      .map((hit) => ({ ref: hit.id, score: rounded(hit.score) })),
  });
}

/** What to say to a question that is about nothing yet. */
function askingBack({ query }: Asked): string {
  return query.intent === "runbook"
    ? "What is wrong, and with what? Name the service and what you see, or paste the alert."
    : "What is it about? Name a service, team or system.";
}

/** The nearest thing by its name, which a person would rather type than a reference. */
function suggestionsOf(asked: Asked, near: readonly EntityBrief[]): string[] {
  const [nearest] = near;
  const name = asked.catalog.entities.get(nearest?.ref ?? "")?.entity.metadata.name;
  const specific = name === undefined ? [] : [questionFor(asked.query.intent, name)];
  const lists =
    asked.query.intent === "runbook"
      ? ["list runbooks", "list services"]
      : ["list services", "list teams"];
  return [...specific, ...lists, "help"];
}

/** A subject as it can be repeated to the person. */
export function shortened(text: string): string {
  // a cut inside an emoji would leave half a character
  return text.length <= 80 ? text : `${text.slice(0, 79).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** What can be asked. */
export function answerHelp(asked: Asked): Answer {
  return frame(asked, {
    intent: "help",
    card: {
      type: "help",
      examples: examplesFor(asked),
      commands: [
        { command: "/whoowns <name>", what: "who owns it and where to reach them" },
        { command: "/runbook <service> [symptom]", what: "what to do when it breaks" },
        { command: "/newservice [template]", what: "create something new from a template" },
        { command: "/callboard <anything>", what: "any of the questions above" },
      ],
    },
    evidence: [],
  });
}

/** Examples with names that exist here. */
function examplesFor(asked: Asked): { question: string; what: string }[] {
  const entities = [...asked.catalog.entities.values()];
  const service = entities.find(
    ({ entity }) => entity.kind === "Component" && entity.spec?.["type"] === "service",
  );
  const documented = asked.snapshot.documents.find(
    (document) => document.isRunbook && document.refs.length > 0,
  );
  const team = entities.find(
    ({ entity }) => entity.kind === "Group" && entity.spec?.["type"] === "team",
  );
  const name = service?.entity.metadata.name ?? "payments";
  const broken =
    asked.catalog.entities.get(documented?.refs[0] ?? "")?.entity.metadata.name ?? name;
  const teamName = team?.entity.metadata.name ?? "platform";
  return [
    { question: `who owns ${name}`, what: "the owner, the channel, who is on call" },
    { question: `runbook for ${broken} high latency`, what: "the section of a runbook that fits" },
    { question: `what depends on ${name}`, what: "what breaks if it is down" },
    { question: `what does ${teamName} own`, what: "everything of a team and of its people" },
    { question: `docs for ${name}`, what: "its documents and links" },
    { question: "list services", what: "everything of a kind; add a team or a tag" },
  ];
}
