import { beforeAll, describe, expect, test } from "@jest/globals";

import { buildSearchIndex, type SearchIndex } from "../../src/search/search-index.ts";
import { confidentScore, type NameForm, type SearchItem } from "../../src/search/search-item.ts";
import { leastCpuMs } from "../helpers/cpu-time.ts";
import { fc } from "../helpers/properties.ts";

const item = (
  id: string,
  names: readonly string[],
  text = "",
  more: Partial<SearchItem> = {},
): SearchItem => ({
  id,
  kind: "component",
  names: names.map((name, at): { text: string; form: NameForm } => ({
    text: name,
    form: at === 0 ? "name" : "alias",
  })),
  text,
  ...more,
});

const items: SearchItem[] = [
  item(
    "payments-api",
    ["payments-api", "pay gateway"],
    "Takes card payments and refunds customers",
  ),
  item("payments-worker", ["payments-worker"], "Books payments in the background"),
  item("ledger", ["ledger", "general ledger"], "Double entry accounting of everything"),
  item("web", ["web"], "The web shop"),
  item("stores", ["stores"], "Where we sell"),
  item("team-core", ["team-core", "core team"], "", { kind: "group" }),
  item("eva", ["eva"], "", { kind: "user" }),
  item("wayback", ["wayback"], "Archive of pages"),
  item("notification-service", ["notification-service"], "Sends e-mail"),
  item("customer-account-management", ["customer-account-management"], ""),
  item("__proto__", ["__proto__", "constructor"], "prototype keys"),
  item("lag", [], "Consumer lag high: the consumer is behind. Restart the consumer.", {
    kind: "section",
    parent: "ledger",
  }),
  item("oom", [], "Pods are killed for memory. Raise the limit.", {
    kind: "section",
    parent: "ledger",
  }),
];

let index: SearchIndex;
beforeAll(() => {
  index = buildSearchIndex(items);
});
const first = (text: string): string | undefined => index.search({ text })[0]?.id;

describe("search", () => {
  test.each([
    ["payments-api", "payments-api"],
    ["payments api", "payments-api"],
    ["PaymentsApi", "payments-api"],
    ["PAYMENTS_API", "payments-api"],
    ["paymentsapi", "payments-api"],
    ["pay gateway", "payments-api"],
    ["paymnets api", "payments-api"],
    ["pay ments-api", "payments-api"],
    ["the ledger service", "ledger"],
    ["wa yba ck", "wayback"],
    ["notif", "notification-service"],
    ["notification svc", "notification-service"],
    ["notificaton service", "notification-service"],
    ["cust acct mgmt", "customer-account-management"],
    ["double entry accounting", "ledger"],
    ["refunds customers", "payments-api"],
    ["constructor", "__proto__"],
    ["__proto__", "__proto__"],
    ["eva", "eva"],
  ])("%s finds %s first", (text, id) => {
    expect(first(text)).toBe(id);
  });

  test.each([
    ["mes", "web"],
    ["opa", "eva"],
    ["stars", "stores"],
    ["tech", "team-core"],
    ["wab", "web"],
    ["eve", "eva"],
    ["lodger", "web"],
  ])("%s does not find %s", (text, id) => {
    expect(index.search({ text }).map((hit) => hit.id)).not.toContain(id);
  });

  test("an exact name scores 1 and nothing scores more", () => {
    const hits = index.search({ text: "ledger" });

    expect(hits[0]).toMatchObject({ id: "ledger", score: 1, way: "exact", matched: ["ledger"] });
  });

  test("prefers the kind that the words ask for", () => {
    expect(index.search({ text: "core team" })[0]?.isWished).toBe(true);
  });

  test("limits to kinds", () => {
    expect(
      index.search({ text: "ledger consumer", kinds: ["section"] }).map((hit) => hit.kind),
    ).toEqual(["section"]);
  });

  test("words beside a name do not count against it when they may be a symptom", () => {
    const [hit] = index.search({
      text: "ledger consumer lag high",
      hasExtraWords: true,
      namesOnly: true,
    });

    expect(hit).toMatchObject({ id: "ledger", matched: ["ledger"] });
    expect(hit?.score).toBeGreaterThan(0.9);
  });
});

describe("searchWithin", () => {
  test("finds the section for a symptom, in other words too", () => {
    expect(index.searchWithin("ledger", "consumer lag")[0]?.id).toBe("lag");
    expect(index.searchWithin("ledger", "OOM")[0]?.id).toBe("oom");
  });

  test("without a symptom gives all sections in order", () => {
    expect(index.searchWithin("ledger", "").map((hit) => hit.id)).toEqual(["lag", "oom"]);
  });

  test("knows nothing of other things", () => {
    expect(index.searchWithin("web", "lag")).toEqual([]);
  });
});

test("a beginning that is typed rightly comes before a slip in a short word, and a word for a kind stands for itself", () => {
  const names = ["charge.service", "chat-service", "theme-updater-app", "approval-updater"];
  const own = buildSearchIndex(names.map((name) => item(name, [name])));

  const best = (text: string): unknown => own.search({ text })[0]?.id;

  expect(best("char srvc")).toBe("charge.service");
  expect(best("updater app")).toBe("theme-updater-app");
});

test("one word of a description is near, and never sure", () => {
  const own = buildSearchIndex([item("reminders", ["reminders"], "What the weather will do")]);

  const [hit] = own.search({ text: "weather" });

  expect(hit).toMatchObject({ id: "reminders", way: "text" });
  expect(hit?.score).toBeLessThan(confidentScore);
});

test("gives the same whatever was looked for before", () => {
  const queries = ["paymnets api", "payments api lag", "notif", "cust acct mgmt"].flatMap(
    (text) => [
      { text },
      { text, hasExtraWords: true },
      { text, kinds: ["section"] },
      { text, kinds: ["component"], exactOnly: true },
      { text, kinds: ["group"] },
    ],
  );
  const once = queries.map((query) => buildSearchIndex(items).search(query));

  const inTurn = [...queries, ...queries].map((query) => index.search(query));

  expect(inTurn).toEqual([...once, ...once]);
});

test("knows exact names", () => {
  expect(index.hasName("General Ledger")).toBe(true);
  expect(index.hasName("ledge")).toBe(false);
});

describe("any text", () => {
  const hostile: readonly [string, string][] = [
    ["20 KB", "payment ".repeat(2_500)],
    ["one word of 20 KB", "a".repeat(20_000)],
    ["operators", "+ledger -web ledger^10 title:ledger payment~50 a~99999 * ** +- :: team:x"],
    ["wildcards", "*a*b*c*d*e*f*g*"],
    ["emoji", "👩‍👩‍👧‍👦🔥".repeat(500)],
    ["prototype keys", "__proto__ constructor prototype toString hasOwnProperty"],
    ["control characters", "\u0000\u0001\u202E\uD800"],
    ["addresses", "http://a.b/c?d=e#f".repeat(300)],
    ["nothing", ""],
    ["combining marks", `e${"\u0301".repeat(10_000)}`],
  ];

  test.each(hostile)("is answered in bounded work: %s", (_name, text) => {
    const cpuMs = leastCpuMs(() => {
      index.search({ text });
      index.search({ text, hasExtraWords: true });
      index.searchWithin("ledger", text);
    });

    expect(cpuMs).toBeLessThan(100);
    expect(index.words(text).length).toBeLessThanOrEqual(16);
  });

  test("never throws, scores stay between 0 and 1, best first", () => {
    const word = fc.oneof(
      fc.constantFrom("ledger", "paymnets", "api", "~", "*", "+", "team:", "__proto__", "oom"),
      fc.string({ maxLength: 30, unit: "grapheme" }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), fc.boolean(), (words, hasExtraWords) => {
        const hits = index.search({ text: words.join(" "), hasExtraWords });
        expect(hits.length).toBeLessThanOrEqual(10);
        for (const hit of hits) {
          expect(hit.score).toBeGreaterThan(0);
          expect(hit.score).toBeLessThanOrEqual(1);
        }
        expect(new Set(hits.map((hit) => hit.id)).size).toBe(hits.length);
      }),
      { numRuns: 400 },
    );
  });

  test("an empty catalog finds nothing", () => {
    const empty = buildSearchIndex([]);

    expect(empty.search({ text: "ledger" })).toEqual([]);
    expect(empty.searchWithin("ledger", "lag")).toEqual([]);
  });

  test("an index of hostile names is built and searched", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 80, unit: "binary" }), { maxLength: 20 }),
        (names) => {
          const odd = buildSearchIndex(
            names.map((name, at) => item(String(at), [name, name], name)),
          );
          for (const name of names)
            expect(odd.search({ text: name }).length).toBeLessThanOrEqual(10);
        },
      ),
      { numRuns: 100 },
    );
  });
});
