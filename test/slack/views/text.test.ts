import { expect, test } from "@jest/globals";

import {
  ago,
  channel,
  clamp,
  cutMrkdwn,
  duration,
  link,
  literal,
  mrk,
  safeLink,
  sentence,
} from "../../../src/slack/views/text.ts";

test("what is put into a template can neither mention, link nor format", () => {
  const name = "<!channel> *bold* _it_ `code` <https://evil.example|github.com> snake_case";

  expect(mrk`*${name}*`.mrkdwn.replaceAll("\u200b", "")).toBe(
    "*&lt;!channel&gt; *bold* _it_ `code` &lt;https://evil.example|github.com&gt; snake_case*",
  );
  expect(mrk`${"a *b* c_d _e_"}`.mrkdwn).toBe(
    "a \u200b*\u200bb\u200b*\u200b c_d \u200b_\u200be\u200b_\u200b",
  );
});

test("cutting never splits an entity, a link or a character", () => {
  for (let max = 1; max < 40; max += 1) {
    expect(literal("a&b<c>👍&&&&&&", max).mrkdwn).toMatch(/^(?:[^&]|&(?:amp|lt|gt);)*$/);
    expect(literal("👍👍👍👍", max).mrkdwn).not.toMatch(/\p{Surrogate}/u);
    expect(
      cutMrkdwn({ mrkdwn: "see <https://a.example/x|the page> &amp; more" }, max).mrkdwn,
    ).toMatch(/^(?:[^<>&]|&(?:amp|lt|gt);|<[^<>]*>)*$/);
  }
});

test.each([
  ["https://github.com/a b|c>", "https://github.com/a%20b%7Cc%3E"],
  ["HTTP://Example.com:8080/x?a=1&b=2", "http://example.com:8080/x?a=1&b=2"],
  ["https://пример.example/", "https://xn--e1afmkfd.example/"],
])("%s may be shown", (url, shown) => {
  expect(safeLink(url)?.url).toBe(shown);
});

test.each([
  "javascript:alert(1)",
  "slack://open",
  "file:///etc/passwd",
  "http://user@host",
  "https://user:pw@github.com/",
  "data:text/html,x",
  "//host/path",
  "not a url",
  "",
  `https://host/${"x".repeat(4000)}`,
])("%s is never a link", (url) => {
  expect(safeLink(url)).toBeUndefined();
  expect(link(url, "label").mrkdwn).toBe("label");
});

test("a link shows the host that it really leads to", () => {
  expect(link("https://evil.example/x", "github.com").mrkdwn).toBe(
    "<https://evil.example/x|github.com> (evil.example)",
  );
  expect(link("https://evil.example/x", "a|b>c").mrkdwn).toBe(
    "<https://evil.example/x|a¦b&gt;c> (evil.example)",
  );
});

test("a channel is a link only by an id that Slack would give", () => {
  expect(channel("C0PAYMENT1").mrkdwn).toBe("<#C0PAYMENT1>");
  expect(channel("#payments").mrkdwn).toBe("#payments");
  expect(channel("!channel").mrkdwn).toBe("#!channel");
  expect(channel("C1> <!here").mrkdwn).toBe("#C1&gt; &lt;!here");
});

test("clamps to whole characters", () => {
  expect(clamp("abc", 3)).toBe("abc");
  expect(clamp("abcd", 3)).toBe("ab…");
  expect(clamp("👍👍", 2)).toBe("…");
  expect(clamp("x", 0)).toBe("");
});

test("says how long ago and how long", () => {
  const hour = 3_600_000;
  expect([0, 59_000, 5 * 60_000, 3 * hour, 100 * hour].map((age) => ago(0, age))).toEqual([
    "just now",
    "just now",
    "5 min ago",
    "3 h ago",
    "4 days ago",
  ]);
  expect([80, 9_900, 14_000, 185_000, -5].map(duration)).toEqual([
    "0.1 s",
    "9.9 s",
    "14 s",
    "3 min 5 s",
    "0 s",
  ]);
});

test.each([
  ["nobody can approve this", "Nobody can approve this"],
  ["somebody's turn", "Somebody's turn"],
  ["don't do that", "Don't do that"],
  ["component:default/ledger is taken", "component:default/ledger is taken"],
  ["catalog-info.yaml is broken", "catalog-info.yaml is broken"],
  ["`npm test` fails", "`npm test` fails"],
  ["ünï", "ünï"],
  ["", ""],
])("a sentence begins with a capital where it begins with a word: %j", (text, wanted) => {
  expect(sentence(text)).toBe(wanted);
});
