import { beforeAll, describe, expect, test } from "@jest/globals";

import { isRecord } from "../../src/base/json.ts";
import { checkBlocks } from "../../src/playground/checks/blocks.ts";
import { checkView } from "../../src/playground/checks/views.ts";
import { slackSchemas } from "../helpers/slack-schemas.ts";
import { sampleBlocks } from "./sample-blocks.ts";

const plain = (text: string) => ({ type: "plain_text", text });
const section = (text: string) => ({ type: "section", text: { type: "mrkdwn", text } });
const select = (count: number) => ({
  type: "static_select",
  action_id: "a",
  options: Array.from({ length: count }, (_, i) => ({ text: plain(`o${i}`), value: `${i}` })),
});
const input = (element: object) => ({ type: "input", label: plain("L"), element });
const modal = (more: object = {}) => ({
  type: "modal",
  title: plain("T"),
  submit: plain("Go"),
  blocks: [section("x")],
  ...more,
});

// Made once and then kept; on a busy machine that takes a while.
beforeAll(() => void slackSchemas(), 120_000);

test.each(sampleBlocks.map((block) => [block.type, block] as const))(
  "accepts a whole %s, as Slack's types do",
  (_type, block) => {
    expect(checkBlocks([block], "message")).toEqual([]);
    expect(slackSchemas().faults("block", block)).toEqual([]);
  },
);

test("agrees with Slack's types when a field is taken away, of the wrong type or unknown", () => {
  const disagreements = sampleBlocks.flatMap((block) =>
    variantsOf(block).filter(({ value }) => {
      const isFine = checkBlocks([value], "message").length === 0;
      const isTyped = slackSchemas().faults("block", value).length === 0;
      // Slack's types know no lengths and formats, so they may accept more; never less.
      return isFine && !isTyped;
    }),
  );

  expect(disagreements.map(({ what }) => what)).toEqual([]);
});

test("refuses more than Slack's types only where these cannot say it", () => {
  // One of several fields; options or groups; an option's value; a plan's tasks, which the types leave open.
  const known =
    /^without (text \(section|value |options |option_groups |title .*(card|container))|\(plan\)/;
  const stricter = sampleBlocks.flatMap((block) =>
    variantsOf(block).filter(({ what, value }) => {
      const isFine = checkBlocks([value], "message").length === 0;
      const isTyped = slackSchemas().faults("block", value).length === 0;
      return what.startsWith("without") && !isFine && isTyped;
    }),
  );

  expect(stricter.map(({ what }) => what).filter((what) => !known.test(what))).toEqual([]);
});

describe("limits", () => {
  test.each([
    ["section text", (n: number) => section("x".repeat(n)), 3000],
    ["header", (n: number) => ({ type: "header", text: plain("x".repeat(n)) }), 150],
    ["section field", (n: number) => ({ type: "section", fields: [plain("x".repeat(n))] }), 2000],
    ["section fields", (n: number) => ({ type: "section", fields: repeat(plain("x"), n) }), 10],
    ["context", (n: number) => ({ type: "context", elements: repeat(plain("x"), n) }), 10],
    ["actions", (n: number) => ({ type: "actions", elements: buttons(n) }), 25],
    ["button text", (n: number) => actions({ ...button(), text: plain("x".repeat(n)) }), 75],
    ["button value", (n: number) => actions({ ...button(), value: "x".repeat(n) }), 2000],
    ["action id", (n: number) => actions({ ...button(), action_id: "x".repeat(n) }), 255],
    ["block id", (n: number) => ({ ...section("x"), block_id: "x".repeat(n) }), 255],
    ["options", (n: number) => actions(select(n)), 100],
    ["overflow", (n: number) => actions({ ...select(n), type: "overflow" }), 5],
    ["checkboxes", (n: number) => actions({ ...select(n), type: "checkboxes" }), 10],
    ["label", (n: number) => ({ ...input(select(1)), label: plain("x".repeat(n)) }), 2000],
    [
      "placeholder",
      (n: number) => actions({ ...select(1), placeholder: plain("x".repeat(n)) }),
      150,
    ],
    ["markdown", (n: number) => ({ type: "markdown", text: "x".repeat(n) }), 12_000],
  ])("%s", (_name, build, max) => {
    expect(checkBlocks([build(max)], "message")).toEqual([]);
    expect(checkBlocks([build(max + 1)], "message")).toHaveLength(1);
  });

  test("50 blocks in a message, 100 in a view", () => {
    expect(checkBlocks(repeat(section("x"), 50), "message")).toEqual([]);
    expect(checkBlocks(repeat(section("x"), 51), "message")).toHaveLength(1);
    expect(checkBlocks(repeat(section("x"), 100), "home")).toEqual([]);
    expect(checkBlocks(repeat(section("x"), 101), "home")).toHaveLength(1);
  });

  test.each([
    ["title", { title: plain("x".repeat(25)) }],
    ["submit", { submit: plain("x".repeat(25)) }],
    ["private_metadata", { private_metadata: "x".repeat(3001) }],
    ["callback_id", { callback_id: "x".repeat(256) }],
  ])("%s of a modal", (name, more) => {
    expect(checkView(modal(), "modal")).toEqual([]);
    expect(checkView(modal(more), "modal")[0]?.pointer).toContain(name);
  });
});

describe("rules", () => {
  test.each([
    ["an unknown block", { type: "nope" }, "unsupported type: nope"],
    ["an unknown field", { type: "divider", color: "red" }, "invalid additional property: color"],
    ["mrkdwn in a header", { type: "header", text: { type: "mrkdwn", text: "x" } }, "mrkdwn"],
    ["an empty text", section(""), "must be more than 0 characters"],
    ["a section without text", { type: "section" }, "text or fields"],
    ["neither options nor groups", actions({ type: "static_select" }), "either `options`"],
    [
      "an initial option that is none",
      actions({ ...select(2), initial_option: { text: plain("z"), value: "z" } }),
      "initial option",
    ],
    ["a link that is none", actions({ ...button(), url: "javascript:alert(1)" }), "invalid url"],
    [
      "a date in another form",
      actions({ type: "datepicker", initial_date: "31.1.2026" }),
      "YYYY-MM-DD",
    ],
    [
      "a number as a number",
      input({ type: "number_input", is_decimal_allowed: true, min_value: 1 }),
      "string",
    ],
    ["an input element in actions", actions({ type: "plain_text_input" }), "unsupported type"],
  ])("refuses %s", (_name, block, message) => {
    expect(
      checkBlocks([block], "message")
        .map((p) => p.message)
        .join(),
    ).toContain(message);
  });

  test("refuses the same block id or action id twice, and two focused fields", () => {
    const twice = [
      { ...section("a"), block_id: "x" },
      { ...section("b"), block_id: "x" },
    ];
    const focused = input({ type: "plain_text_input", focus_on_load: true });

    expect(checkBlocks(twice, "message")[0]?.pointer).toBe("/blocks/1/block_id");
    expect(
      checkBlocks([{ type: "actions", elements: [button(), button()] }], "message")[0]?.pointer,
    ).toBe("/blocks/0/elements/1/action_id");
    expect(checkBlocks([focused, focused], "modal")).toHaveLength(1);
  });

  test("asks for a submit button when a modal has inputs", () => {
    const { submit: _submit, ...rest } = modal({ blocks: [input({ type: "plain_text_input" })] });

    expect(checkView(rest, "modal")[0]?.pointer).toBe("/view/submit");
  });

  test("refuses message-only blocks in a modal, and a Home tab as a modal", () => {
    expect(checkView(modal({ blocks: [{ type: "markdown", text: "x" }] }), "modal")).toHaveLength(
      1,
    );
    expect(checkView({ type: "home", blocks: [] }, "modal")).toHaveLength(1);
  });

  test("survives anything", () => {
    for (const value of [
      null,
      1,
      "x",
      [],
      {},
      [null],
      [[]],
      [{ type: {} }],
      { type: "modal", blocks: 7 },
    ]) {
      expect(Array.isArray(checkBlocks(value, "message"))).toBe(true);
      expect(Array.isArray(checkView(value, "modal"))).toBe(true);
    }
  });
});

function repeat<T>(value: T, times: number): T[] {
  return Array.from({ length: times }, () => value);
}

function button(actionId = "b"): Record<string, unknown> {
  return { type: "button", action_id: actionId, text: plain("x") };
}

function buttons(count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, i) => button(`b${i}`));
}

function actions(element: object): Record<string, unknown> {
  return { type: "actions", elements: [element] };
}

interface Variant {
  what: string;
  value: unknown;
}

/** The block with one field at a time left out, made a number, or joined by an unknown one; at every depth. */
function variantsOf(block: unknown, path = ""): Variant[] {
  if (Array.isArray(block)) {
    return block.flatMap((entry: unknown, index) =>
      variantsOf(entry, `${path}/${index}`).map(({ what, value }) => ({
        what,
        value: block.with(index, value),
      })),
    );
  }
  if (!isRecord(block)) return [];
  const here = `${path}(${String(block["type"])})`;
  const own = Object.keys(block).flatMap((name) => {
    const { [name]: _gone, ...rest } = block;
    return [
      { what: `without ${name} ${here}`, value: rest },
      { what: `odd ${name} ${here}`, value: { ...block, [name]: { odd: true } } },
    ];
  });
  const deeper = Object.entries(block).flatMap(([name, entry]) =>
    variantsOf(entry, `${here}/${name}`).map(({ what, value }) => ({
      what,
      value: { ...block, [name]: value },
    })),
  );
  return [...own, { what: `unknown ${here}`, value: { ...block, unheard_of: 1 } }, ...deeper];
}
