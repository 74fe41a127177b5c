/* oxlint-disable unicorn/no-thenable -- `then` is a keyword of JSON Schema */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import type { PlainValue } from "../../src/playground/acts/values.ts";
import { type FormBench, startFormBench } from "../helpers/form-bench.ts";
import { dario } from "../helpers/slack-bench.ts";

/** One page: what is asked for, what is typed, what the run gets. */
interface Feature {
  properties: JsonObject;
  required?: string[];
  /** The page's other keywords. */
  more?: JsonObject;
  /** By field; a page's fields are in blocks `0::<key>`. */
  typed?: Record<string, PlainValue>;
  /** What is refused first, and where. */
  refused?: { typed: Record<string, PlainValue>; at: string; because: RegExp };
  /** In the first drawing. */
  shows?: RegExp[];
  hides?: RegExp[];
  values: JsonObject;
}

const letters = (count: number) => Array.from({ length: count }, (_, index) => `item-${index}`);

const features: Record<string, Feature> = {
  "text with default, placeholder, help and limits": {
    properties: {
      name: {
        title: "Name",
        type: "string",
        description: "Lower case.",
        "ui:help": "At most ten.",
        "ui:placeholder": "ledger",
        maxLength: 10,
      },
      stage: { type: "string", default: "beta" },
    },
    typed: { name: "pay" },
    shows: [/"text":"Lower case\. At most ten\."/, /"text":"ledger"/, /"initial_value":"beta"/],
    values: { name: "pay", stage: "beta" },
  },
  "a pattern says its own help": {
    properties: {
      code: { type: "string", pattern: "^[A-Z]{3}$", description: "Three capitals, such as PAY." },
    },
    refused: {
      typed: { code: "pay" },
      at: "code",
      because: /does not fit the pattern \^\[A-Z\]\{3\}\$ \(Three capitals, such as PAY\.\)/,
    },
    typed: { code: "PAY" },
    values: { code: "PAY" },
  },
  "an emptied field stays empty, though it has a default": {
    properties: {
      note: { type: "string", default: "to be removed" },
      tags: { type: "array", items: { type: "string", enum: ["a", "b"] }, default: ["a"] },
      kept: { type: "string", default: "stays" },
      empty: { type: "string", default: "x", "ui:emptyValue": "" },
    },
    typed: { note: "", tags: [], empty: "" },
    values: { kept: "stays", empty: "" },
  },
  "a default that is empty is there when nothing is typed": {
    properties: {
      tags: { type: "array", items: { type: "string" }, default: [] },
      labels: { type: "array", items: { type: "string", enum: ["a", "b"] }, default: [] },
      other: { type: "array", items: { type: "string" }, default: [], "ui:emptyValue": ["x"] },
    },
    typed: {},
    values: { tags: [], labels: [], other: [] },
  },
  "a select with labels, and without what is disabled": {
    properties: {
      size: {
        type: "string",
        enum: ["s", "m", "l"],
        enumNames: ["Small", "Medium", "Large"],
        "ui:enumDisabled": ["l"],
        default: "s",
      },
    },
    shows: [/"text":"Medium"/],
    hides: [/Large/],
    typed: { size: "Medium" },
    values: { size: "m" },
  },
  "radio buttons, and a select where they are too many": {
    properties: {
      few: { type: "string", enum: ["a", "b"], "ui:widget": "radio" },
      many: { type: "string", enum: letters(12), "ui:widget": "radio" },
    },
    shows: [/radio_buttons/, /static_select/],
    typed: { few: "b", many: "item-11" },
    values: { few: "b", many: "item-11" },
  },
  "a box that is on can be taken off; two words are radio buttons": {
    properties: {
      isOn: { type: "boolean", default: true },
      isOff: { type: "boolean" },
      words: { type: "boolean", enumNames: ["Public", "Private"] },
    },
    shows: [/"text":"Private"/],
    typed: { isOn: [], isOff: ["true"], words: "Private" },
    values: { isOn: false, isOff: true, words: false },
  },
  "numbers within their range, whole where they must be": {
    properties: {
      port: { type: "integer", minimum: 1024, maximum: 65_535, default: 8080 },
      ratio: { type: "number", exclusiveMinimum: 0, multipleOf: 0.5 },
    },
    shows: [/"min_value":"1024","max_value":"65535"/],
    refused: { typed: { ratio: "0.3" }, at: "ratio", because: /multiple of 0\.5/ },
    typed: { ratio: "1.5" },
    values: { port: 8080, ratio: 1.5 },
  },
  "several lines, an address, an e-mail address, a day": {
    properties: {
      text: { type: "string", "ui:widget": "textarea" },
      url: { type: "string", format: "uri" },
      mail: { type: "string", format: "email" },
      other: { type: "string", "ui:options": { inputType: "email" } },
      day: { type: "string", format: "date" },
    },
    shows: [/"multiline":true/, /url_text_input/, /email_text_input/, /datepicker/],
    typed: {
      text: "one\ntwo",
      url: "https://example.com/x",
      mail: "ada@example.com",
      other: "bob@example.com",
      day: "2026-03-01",
    },
    values: {
      text: "one\ntwo",
      url: "https://example.com/x",
      mail: "ada@example.com",
      other: "bob@example.com",
      day: "2026-03-01",
    },
  },
  "several choices, as a list and as boxes": {
    properties: {
      list: {
        type: "array",
        minItems: 2,
        items: { type: "string", enum: ["a", "b", "c"], enumNames: ["Ay", "Bee", "Cee"] },
      },
      boxes: {
        type: "array",
        uniqueItems: true,
        items: { type: "string", enum: ["x", "y"] },
        "ui:widget": "checkboxes",
      },
    },
    shows: [/multi_static_select/, /"checkboxes"/, /"text":"Bee"/],
    refused: { typed: { list: ["Ay"] }, at: "list", because: /Give at least 2 entries\./ },
    typed: { list: ["Ay", "Cee"], boxes: ["y"] },
    values: { list: ["a", "c"], boxes: ["y"] },
  },
  "lists of texts and of numbers, one a line": {
    properties: {
      hosts: { type: "array", items: { type: "string" }, uniqueItems: true },
      ports: { type: "array", items: { type: "integer", maximum: 65_535 } },
      flags: { type: "array", items: { type: "boolean" } },
    },
    refused: { typed: { ports: "80\nweb" }, at: "ports", because: /“web” is not a number\./ },
    typed: { hosts: "a.example\nb.example", ports: "80\n443", flags: "true\nfalse" },
    values: { hosts: ["a.example", "b.example"], ports: [80, 443], flags: [true, false] },
  },
  "objects within objects, and one without named properties": {
    properties: {
      database: {
        title: "Database",
        type: "object",
        required: ["engine"],
        properties: {
          engine: { title: "Engine", type: "string" },
          size: {
            title: "Size",
            type: "object",
            properties: { disk: { title: "Disk", type: "integer", default: 10 } },
          },
        },
      },
      labels: { type: "object", additionalProperties: { type: "string" } },
    },
    required: ["database"],
    shows: [/Database: Size: Disk/, /Write YAML or JSON/],
    refused: { typed: {}, at: "database.engine", because: /required/ },
    typed: { "database.engine": "pg", labels: "team: pay" },
    values: { database: { engine: "pg", size: { disk: 10 } }, labels: { team: "pay" } },
  },
  "objects without known properties, one a line": {
    properties: { list: { type: "array", items: { type: "object" } } },
    typed: { list: 'name: web, port: 80\n{"name":"db"}' },
    values: { list: [{ name: "web", port: 80 }, { name: "db" }] },
  },
  "hidden fields have their default, read-only ones show it": {
    properties: {
      hidden: { type: "string", default: "kept", "ui:widget": "hidden" },
      shown: { type: "string", default: "fixed-value", "ui:readonly": true },
      off: { type: "string", default: "disabled-value", "ui:disabled": true },
      constant: { type: "string", const: "one" },
      typed: { type: "string" },
    },
    shows: [/fixed-value/, /disabled-value/],
    hides: [/kept/],
    typed: { typed: "x" },
    values: {
      hidden: "kept",
      shown: "fixed-value",
      off: "disabled-value",
      constant: "one",
      typed: "x",
    },
  },
  "types that may be nothing, and unions": {
    properties: {
      maybe: { type: ["string", "null"] },
      either: { anyOf: [{ type: "integer" }, { type: "null" }] },
      nothing: { type: "null" },
    },
    typed: { maybe: "x", either: "3" },
    values: { maybe: "x", either: 3 },
  },
  "alternatives of constants have their titles": {
    properties: {
      tier: {
        type: "string",
        oneOf: [
          { const: "gold", title: "Gold", description: "Within an hour" },
          { const: "tin", title: "Tin" },
        ],
      },
    },
    shows: [/Within an hour/],
    typed: { tier: "Tin" },
    values: { tier: "tin" },
  },
  "an unknown ui:field is a field of its type": {
    properties: {
      text: { type: "string", "ui:field": "VendorText" },
      list: { type: "array", items: { type: "string" }, "ui:field": "VendorList" },
      flag: { type: "boolean", "ui:field": "VendorSwitch" },
      count: { type: "number", "ui:field": "VendorSlider" },
      any: { type: "object", "ui:field": "VendorEditor", properties: { a: { type: "string" } } },
    },
    typed: { text: "t", list: "a\nb", flag: ["true"], count: "2.5", any: "a: b" },
    values: { text: "t", list: ["a", "b"], flag: true, count: 2.5, any: { a: "b" } },
  },
  "the order is the page's": {
    properties: { a: { type: "string" }, b: { type: "string" }, c: { type: "string" } },
    more: { "ui:order": ["c", "*", "a"] },
    shows: [/0::c.*0::b.*0::a/],
    typed: { a: "1", b: "2", c: "3" },
    values: { a: "1", b: "2", c: "3" },
  },
  "names and entries of Object's own are names like any other": {
    properties: {
      constructor: { type: "string", title: "Constructor" },
      toString: { type: "string", enum: ["hasOwnProperty", "valueOf"] },
    },
    typed: { constructor: "c", toString: "valueOf" },
    values: { constructor: "c", toString: "valueOf" },
  },
};

const more: Record<string, JsonObject[]> = {
  "worded repository": [
    {
      properties: {
        repoUrl: {
          type: "string",
          title: "Repository",
          description: "Help of the whole",
          "ui:field": "RepoUrlPicker",
          "ui:options": {
            ownerLabel: "Organisation",
            ownerDescription: "Who pays",
            repoLabel: "Service",
            repoDescription: "Short",
          },
        },
      },
    },
  ],
  "A template whose title is longer than a modal's": [
    { title: `A page with a title that ${"goes on and ".repeat(20)}ends`, properties: {} },
    {
      title: "The second page has a very long title as well, which does not fit",
      properties: { a: { type: "string", title: `${"Long label ".repeat(30)}end`, default: "x" } },
    },
  ],
  "many pages": Array.from({ length: 7 }, (_, page) => ({
    title: `Page ${page}`,
    properties: {
      [`field${page}`]: { type: "string", default: `\${{ parameters.field0 }}-${page}` },
    },
  })),
  "many fields": [
    {
      properties: Object.fromEntries(
        letters(90).map((name): [string, JsonValue] => [name, { type: "string", title: name }]),
      ),
    },
  ],
  "very many fields": [
    {
      title: "Long",
      required: ["item-0"],
      properties: Object.fromEntries(
        letters(250).map((name): [string, JsonValue] => [name, { type: "string", title: name }]),
      ),
    },
  ],
  "many options": [
    {
      properties: {
        one: { type: "string", enum: letters(250) },
        several: { type: "array", items: { type: "string", enum: letters(250) } },
      },
    },
  ],
  conditions: [
    {
      properties: {
        kind: { type: "string", enum: ["web", "job"], default: "web" },
        hasDb: { type: "boolean", title: "With a database" },
        region: { type: "string", enum: ["eu", "us"] },
      },
      dependencies: {
        hasDb: {
          oneOf: [
            { properties: { hasDb: { const: false } } },
            {
              required: ["engine"],
              properties: { hasDb: { const: true }, engine: { type: "string", title: "Engine" } },
            },
          ],
        },
        region: ["zone"],
      },
      if: { properties: { kind: { const: "job" } } },
      then: { properties: { cron: { type: "string", title: "Cron" } }, required: ["cron"] },
      else: { properties: { path: { type: "string", title: "Path", default: "/" } } },
      allOf: [
        {
          if: { properties: { region: { const: "us" } }, required: ["region"] },
          then: { properties: { zone: { type: "string", title: "Zone" } } },
        },
      ],
    },
  ],
  expressions: [
    { properties: { name: { type: "string" } } },
    {
      properties: {
        database: { type: "string", default: "${{ parameters.name }}-db" },
        starter: { type: "string", default: "${{ user.ref }}", "ui:readonly": true },
        wrong: { type: "string", default: "${{ parameters.name | nope }}" },
      },
    },
    {
      when: "${{ parameters.database === 'pay-db' }}",
      title: "Only for pay",
      properties: { extra: { type: "string", default: "seen" } },
    },
    {
      when: "${{ parameters.database !== 'pay-db' }}",
      title: "Not for pay",
      properties: { unseen: { type: "string", default: "unseen" } },
    },
  ],
  "lists of objects": [
    {
      definitions: {
        port: {
          type: "object",
          required: ["name"],
          properties: {
            name: { type: "string", title: "Port name" },
            protocol: { $ref: "#/definitions/protocol" },
            source: { type: "string", default: "form", "ui:widget": "hidden" },
          },
        },
        protocol: { type: "string", title: "Protocol", enum: ["tcp", "udp"], default: "tcp" },
      },
      properties: {
        name: { type: "string" },
        ports: { type: "array", title: "Ports", items: { $ref: "#/definitions/port" } },
        brought: {
          type: "array",
          title: "Brought",
          items: { type: "object", properties: { a: { type: "string" } } },
          default: [{ a: "one" }, { a: "two" }],
        },
        fixed: {
          type: "array",
          title: "Fixed",
          items: { type: "object", properties: { a: { type: "string" } } },
          default: [{ a: "one" }],
          "ui:options": { addable: false, removable: false },
        },
      },
    },
  ],
};

let form: FormBench;
beforeAll(async () => {
  form = await startFormBench({
    ...Object.fromEntries(
      Object.entries(features).map(([name, feature]): [string, JsonObject[]] => [
        name,
        [
          {
            properties: feature.properties,
            ...(feature.required === undefined ? {} : { required: feature.required }),
            ...feature.more,
          },
        ],
      ]),
    ),
    ...more,
  });
});
afterAll(async () => await form.close());

const blocks = (typed: Record<string, PlainValue>) =>
  Object.fromEntries(Object.entries(typed).map(([key, value]) => [`0::${key}`, value]));

describe("what a template asks for is what its run gets", () => {
  test.each(Object.entries(features))("%s", async (name, feature) => {
    await form.open(name);
    for (const pattern of feature.shows ?? []) expect(form.shown()).toMatch(pattern);
    for (const pattern of feature.hides ?? []) expect(form.shown()).not.toMatch(pattern);

    for (const { typed, at, because } of feature.refused === undefined ? [] : [feature.refused]) {
      const refused = await form.send(blocks(typed));
      expect(refused.errors).toEqual({ [`0::${at}`]: expect.stringMatching(because) });
    }
    const sent = await form.send(blocks(feature.typed ?? {}));
    expect(sent).not.toHaveProperty("errors");
    expect(form.view().callback_id).toBe("form-review");

    // back and forth once more: everything that was typed is still there
    await form.back();
    const again = await form.send();
    expect(again).not.toHaveProperty("errors");
    expect(await form.create()).toEqual(feature.values);
  });
});

test("a repository is asked for in the template's own words", async () => {
  await form.open("worded repository");
  const block = (part: string) =>
    JSON.stringify(form.view().blocks.find(({ block_id: id }) => id === `0:${part}:repoUrl`));

  expect(block("owner")).toMatch(/"text":"Organisation".*"text":"Who pays"/);
  expect(block("name")).toMatch(/"text":"Service".*"text":"Short"/);
  await form.send({ "0:owner:repoUrl": "acme", "0:name:repoUrl": "pay" });
  expect(await form.create()).toEqual({ repoUrl: "github.com?owner=acme&repo=pay" });
});

test("titles that are longer than a modal's are shown whole", async () => {
  await form.open("A template whose title is longer than a modal's");

  expect(form.view().title.text.length).toBeLessThanOrEqual(24);
  expect(form.shown()).toContain("The A template whose title is longer than a modal's template");
  expect(form.shown()).toContain("The second page has a very long title as well");
  expect(form.shown()).toContain("Long label Long label");
  expect(form.shown()).toContain("Step 1 of 2");
});

test("seven pages, each seeing what was typed on the first; Back goes through all of them", async () => {
  await form.open("many pages");
  await form.send({ "0::field0": "pay" });
  for (let page = 1; page < 7; page += 1) {
    expect(form.shown()).toContain(`Step ${page + 1} of 8`);
    expect(form.shown()).toContain(`"initial_value":"pay-${page}"`);
    await form.send();
  }
  for (let page = 6; page >= 0; page -= 1) {
    await form.back();
    expect(form.shown()).toContain(`Step ${page + 1} of 8`);
  }
  await form.send({ "0::field0": "book" });
  for (let page = 1; page < 7; page += 1) await form.send();

  // what was on the screen was accepted as it stood there
  expect(await form.create()).toMatchObject({ field0: "book", field1: "pay-1" });
});

test("of more than a hundred options those are offered that fit what is typed", async () => {
  await form.open("many options");

  const all = await form.offered("0::one", "");
  const some = await form.offered("0::one", "ITEM-24");
  await form.offered("0::several", "item-2");
  await form.send({ "0::one": '"item-249"', "0::several": ['"item-2"', '"item-222"'] });

  expect(all).toHaveLength(100);
  expect(some).toContain('"item-249"');
  expect(await form.create()).toEqual({ one: "item-249", several: ["item-2", "item-222"] });
});

test("ninety fields fit one page", async () => {
  await form.open("many fields");
  const typed = Object.fromEntries(letters(90).map((name) => [`0::${name}`, name]));

  await form.send(typed);

  expect(Object.keys(await form.create())).toHaveLength(90);
});

test("a page of two hundred and fifty fields is asked in three windows, and all of it is kept", async () => {
  await form.open("very many fields");
  expect(form.shown()).toContain("Long (1 of 3)");
  expect(form.shown()).toContain("Step 1 of 4");
  const missing = await form.send({ "0::item-1": "one" });
  expect(Object.keys(missing.errors ?? {})).toEqual(["0::item-0"]);

  await form.send({ "0::item-0": "zero", "0::item-1": "one" });
  expect(form.shown()).toContain("Long (2 of 3)");
  expect(form.shown()).not.toContain('"0::item-0"');
  await form.send({ "0::item-100": "hundred" });
  await form.back();
  expect(form.shown()).toContain('"initial_value":"hundred"');
  await form.back();
  expect(form.shown()).toContain('"initial_value":"zero"');
  await form.send();
  await form.send();
  expect(form.shown()).toContain("Long (3 of 3)");
  await form.send({ "0::item-249": "last" });
  expect(form.shown()).toContain("*item-249*: last");

  expect(await form.create()).toEqual({
    "item-0": "zero",
    "item-1": "one",
    "item-100": "hundred",
    "item-249": "last",
  });
});

test("fields come and go with what they depend on", async () => {
  await form.open("conditions");
  expect(form.shown()).toContain('"Path"');

  await form.change("0::kind", "job", () => form.shown().includes('"Cron"'));
  await form.change("0::hasDb", ["true"], () => form.shown().includes('"Engine"'));
  await form.change("0::region", "us", () => form.shown().includes('"Zone"'));
  expect(form.shown()).not.toContain('"Path"');
  await form.send({ "0::cron": "0 4 * * *", "0::engine": "pg", "0::zone": "a" });
  const values = await form.create();

  expect(values).toEqual({
    kind: "job",
    cron: "0 4 * * *",
    hasDb: true,
    engine: "pg",
    region: "us",
    zone: "a",
  });
});

test("a field that another one asks for is required from then on", async () => {
  await form.open("conditions");
  await form.send({ "0::region": "eu" });

  expect(JSON.stringify(form.view().blocks)).toContain("“zone” is required");
});

test("defaults see earlier pages and who asks; pages are left out by their condition", async () => {
  await form.open("expressions");
  await form.send({ "0::name": "pay" });
  expect(form.shown()).toContain('"initial_value":"pay-db"');
  expect(form.shown()).toContain("user:default/dario.costa");
  await form.send();
  expect(form.shown()).toContain("Only for pay");
  await form.send();

  expect(await form.create()).toEqual({
    name: "pay",
    database: "pay-db",
    starter: "user:default/dario.costa",
    extra: "seen",
  });
});

test("entries of a list are described elsewhere on the page, and keep what is hidden", async () => {
  await form.open("lists of objects");
  const { driver } = form.bench;
  await driver.click({ user: dario, actionId: "form-entry-add" });
  expect(form.shown()).toContain("Protocol");
  await form.send({ "0::ports[].name": "web", "0::ports[].protocol": "udp" });
  await driver.waitFor(() => form.shown().includes("1. name: web"));
  // an entry may ask for what the page asks for under the same name
  await form.send({ "0::name": "pay" });

  expect(await form.create()).toEqual({
    name: "pay",
    ports: [{ name: "web", protocol: "udp", source: "form" }],
    brought: [{ a: "one" }, { a: "two" }],
    fixed: [{ a: "one" }],
  });
});

test("the entries that a template brings stay when one is added, and go one by one", async () => {
  await form.open("lists of objects");
  const { driver } = form.bench;
  await driver.click({ user: dario, blockId: "0:entry:brought", actionId: "form-entry-add" });
  await form.send({ "0::brought[].a": "three" });
  await driver.waitFor(() => form.shown().includes("3. a: three"));
  await driver.click({ user: dario, blockId: "0:entry:brought:0", actionId: "form-entry-remove" });
  await driver.waitFor(() => form.shown().includes("1. a: two"));
  await form.send({ "0::name": "pay" });

  expect((await form.create())["brought"]).toEqual([{ a: "two" }, { a: "three" }]);
});

test("a list whose entries are fixed has no buttons", async () => {
  await form.open("lists of objects");

  expect(form.shown()).toContain('"0:entry:fixed:0"');
  expect(form.shown()).not.toMatch(/"0:entry:fixed"|\["fixed/);
  expect(form.shown()).toContain("0:entry:brought:1");
});
