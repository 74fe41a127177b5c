import type { EntityLink } from "../../src/catalog/model.ts";
import type {
  Answer,
  Card,
  Contact,
  EntityBrief,
  Evidence,
} from "../../src/usecases/answers/answer.ts";
import { fc } from "./properties.ts";

/** What somebody would write into a catalog to make a bot shout, link or break. */
const hostile = [
  "<!channel>",
  "<!here|here>",
  "<!everyone>",
  "<!subteam^S1|@oncall>",
  "<@U0DARIOCO1>",
  "<#C0GENERAL1>",
  "<https://evil.example|github.com>",
  "&lt;!channel&gt;",
  "&amp;",
  "```",
  "`*_~",
  "*bold* _it_ ~no~",
  "@here @channel",
  "\u202egnp.exe",
  "\u200b\u0000\ufeff",
  "\ud83d",
  "👩‍👩‍👧‍👦",
  "javascript:alert(1)",
  "slack://open",
  "http://user:pw@github.com",
  "https://e.example/|x>y",
  "\n\n> quote\n# head",
  "__proto__",
  "",
];

/** Any text: hostile pieces, long ones, and random Unicode. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostile) },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.constantFrom(...hostile, "word", " "), { maxLength: 12 })
      .map((parts) => parts.join("")),
  },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...hostile, "a", "&", "👍"), fc.integer({ min: 1, max: 5000 }))
      .map(([text, times]) => text.repeat(times).slice(0, 20_000)),
  },
);

const brief: fc.Arbitrary<EntityBrief> = fc.record(
  {
    ref: anyText,
    kind: anyText,
    title: anyText,
    description: anyText,
    type: anyText,
    lifecycle: anyText,
  },
  { requiredKeys: ["ref", "kind", "title"] },
);
const briefs = fc.oneof(
  fc.array(brief, { maxLength: 5 }),
  fc
    .tuple(brief, fc.integer({ min: 0, max: 300 }))
    .map(([one, times]) => Array.from({ length: times }, () => one)),
);
const link: fc.Arbitrary<EntityLink> = fc.record(
  { url: fc.oneof(anyText, fc.webUrl()), title: anyText },
  { requiredKeys: ["url"] },
);
const links = fc.array(link, { maxLength: 40 });
const contact: fc.Arbitrary<Contact> = fc.record(
  { slackChannel: anyText, slackChannelId: anyText, email: anyText, slackUserGroup: anyText },
  { requiredKeys: [] },
);
const near = fc.array(fc.record({ brief, question: anyText }), { maxLength: 30 });

/** Any card. */
const anyCard: fc.Arbitrary<Card> = fc.oneof(
  fc.record({
    type: fc.constant("entity" as const),
    subject: brief,
    headline: anyText,
    owner: brief,
    contact,
    onCall: anyText,
    system: brief,
    links,
    runbooks: fc.array(fc.record({ path: anyText, title: anyText }), { maxLength: 5 }),
    dependsOn: briefs,
    dependents: briefs,
    tags: fc.array(anyText, { maxLength: 5 }),
  }),
  fc.record({
    type: fc.constant("team" as const),
    subject: brief,
    contact,
    members: briefs,
    parents: briefs,
    owns: briefs,
    links,
  }),
  fc.record({
    type: fc.constant("person" as const),
    subject: brief,
    contact,
    teams: briefs,
    owns: briefs,
  }),
  fc.record({
    type: fc.constant("section" as const),
    owner: brief,
    contact,
    path: anyText,
    title: anyText,
    heading: anyText,
    markdown: fc.oneof(
      anyText,
      fc
        .array(
          fc.constantFrom(
            ...hostile,
            "1. one\n",
            "- two\n",
            "## three\n",
            "| a | b |\n|---|---|\n| c | d |\n",
            "> ",
            "[x](y)",
            "![i](https://a.example/i.png)",
            "- [ ] t\n",
          ),
          { maxLength: 200 },
        )
        .map((parts) => parts.join("")),
    ),
    isCut: fc.boolean(),
    url: fc.oneof(anyText, fc.webUrl()),
    others: fc.array(fc.record({ id: anyText, path: anyText, title: anyText, heading: anyText }), {
      maxLength: 8,
    }),
  }),
  fc.record({
    type: fc.constant("list" as const),
    title: anyText,
    groups: fc.array(fc.record({ heading: anyText, items: briefs }), { maxLength: 60 }),
    total: fc.nat(),
  }),
  fc.record({ type: fc.constant("choice" as const), title: anyText, choices: near }),
  fc.record({
    type: fc.constant("nothing" as const),
    words: anyText,
    title: anyText,
    near,
    suggestions: fc.array(anyText, { maxLength: 20 }),
  }),
  fc.record({
    type: fc.constant("help" as const),
    examples: fc.array(fc.record({ question: anyText, what: anyText }), { maxLength: 40 }),
    commands: fc.array(fc.record({ command: anyText, what: anyText }), { maxLength: 40 }),
  }),
);

const evidence: fc.Arbitrary<Evidence> = fc.record({
  source: fc.oneof(anyText, fc.webUrl()),
  statement: anyText,
  readAtMs: fc.oneof(fc.nat(), fc.double()),
});

/** Any answer. */
export const anyAnswer: fc.Arbitrary<Answer> = fc.record(
  {
    question: anyText,
    intent: fc.constant("owner" as const),
    status: fc.constantFrom("answered" as const, "ambiguous" as const, "unknown" as const),
    entities: fc.constant([]),
    documents: fc.constant([]),
    text: anyText,
    evidence: fc.array(evidence, { maxLength: 20 }),
    card: anyCard,
    claim: fc.record(
      {
        question: anyText,
        key: anyText,
        fingerprint: fc.constant("0123456789abcdef"),
        confirmed: fc.record({ by: anyText, atMs: fc.oneof(fc.nat(), fc.double()) }),
      },
      { requiredKeys: ["key", "question", "fingerprint"] },
    ),
  },
  {
    requiredKeys: [
      "question",
      "intent",
      "status",
      "entities",
      "documents",
      "text",
      "evidence",
      "card",
    ],
  },
);
