import { beforeAll, expect, test } from "@jest/globals";

import { renderAnswer } from "../../../src/slack/views/answer.ts";
import { renderError } from "../../../src/slack/views/error-view.ts";
import { renderRunMessage } from "../../../src/slack/views/run-view.ts";
import type { Card } from "../../../src/usecases/answers/answer.ts";
import { sampleRun } from "../../helpers/fake-services.ts";
import {
  answerWith,
  brief,
  entityCard,
  nowMs,
  paymentsTeam,
  sectionCard,
} from "../../helpers/sample-answers.ts";
import { slackSchemas } from "../../helpers/slack-schemas.ts";

// the schemas are made from Slack's types, once for each version
beforeAll(() => void slackSchemas(), 120_000);

/** The card's blocks, after Slack's own types have found nothing wrong with them. */
function shown(card: Card, canShare = true) {
  const { blocks } = renderAnswer(answerWith(card), { nowMs, canShare });
  for (const block of blocks) expect(slackSchemas().faults("block", block)).toEqual([]);
  return blocks;
}

test("an entity: owner, channel, on-call and status in one look, evidence and age below", () => {
  expect(shown(entityCard)).toMatchInlineSnapshot(`
[
  {
    "text": {
      "text": "*Payments API*  service · production
Owned by *Payments*",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "text": {
      "emoji": false,
      "text": "Takes cards, refunds and payouts.",
      "type": "plain_text",
    },
    "type": "section",
  },
  {
    "fields": [
      {
        "text": "*Channel*
<#C0PAYMENT1|payments>
@payments-oncall",
        "type": "mrkdwn",
        "verbatim": true,
      },
      {
        "text": "*On call*
Nina Kowalski",
        "type": "mrkdwn",
        "verbatim": true,
      },
      {
        "text": "*System*
Checkout",
        "type": "mrkdwn",
        "verbatim": true,
      },
    ],
    "type": "section",
  },
  {
    "text": {
      "text": "*Links*  <https://grafana.example.com/d/pay|Dashboard> (grafana.example.com)  ·  <https://github.com/footlight/payments-api|Repository> (github.com)",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "accessory": {
      "action_id": "document-open/0",
      "text": {
        "emoji": false,
        "text": "Open runbook",
        "type": "plain_text",
      },
      "type": "button",
      "value": "{"path":"runbooks/payments.md"}",
    },
    "text": {
      "text": "*Runbook*  Payments runbook",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "text": {
      "text": "*Depends on*  ledger
*Used by*  checkout-web, box-office",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "elements": [
      {
        "text": "spec.owner: team-payments — catalog/payments.yaml:12, read 5 min ago",
        "type": "mrkdwn",
        "verbatim": true,
      },
    ],
    "type": "context",
  },
  {
    "elements": [
      {
        "accessibility_label": "What it needs (1): Payments API",
        "action_id": "ask/0",
        "text": {
          "emoji": false,
          "text": "What it needs (1)",
          "type": "plain_text",
        },
        "type": "button",
        "value": "what does component:default/payments-api depend on",
      },
      {
        "accessibility_label": "Who uses it (2): Payments API",
        "action_id": "ask/1",
        "text": {
          "emoji": false,
          "text": "Who uses it (2)",
          "type": "plain_text",
        },
        "type": "button",
        "value": "what depends on component:default/payments-api",
      },
      {
        "accessibility_label": "Share to channel: Post this answer for everybody in this channel",
        "action_id": "share",
        "text": {
          "emoji": false,
          "text": "Share to channel",
          "type": "plain_text",
        },
        "type": "button",
        "value": "who owns payments-api",
      },
    ],
    "type": "actions",
  },
]
`);
});

test("a section of a runbook: real lists and code, with the rest one click away", () => {
  expect(shown(sectionCard, false)).toMatchInlineSnapshot(`
[
  {
    "text": {
      "text": "*Payments runbook* › *High latency*",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "elements": [
      {
        "elements": [
          {
            "text": "First look at the ",
            "type": "text",
          },
          {
            "text": "dashboard",
            "type": "link",
            "url": "https://grafana.example.com/d/pay",
          },
          {
            "text": " (grafana.example.com)",
            "type": "text",
          },
          {
            "text": ".",
            "type": "text",
          },
          {
            "text": "
",
            "type": "text",
          },
        ],
        "type": "rich_text_section",
      },
      {
        "elements": [
          {
            "text": "1. ",
            "type": "text",
          },
          {
            "text": "Check the ",
            "type": "text",
          },
          {
            "style": {
              "italic": true,
            },
            "text": "queue",
            "type": "text",
          },
          {
            "text": "
",
            "type": "text",
          },
        ],
        "type": "rich_text_section",
      },
      {
        "elements": [
          {
            "text": "2. ",
            "type": "text",
          },
          {
            "text": "Restart one pod:",
            "type": "text",
          },
          {
            "text": "
",
            "type": "text",
          },
        ],
        "type": "rich_text_section",
      },
      {
        "elements": [
          {
            "text": "kubectl rollout restart deploy/payments <namespace>",
            "type": "text",
          },
        ],
        "type": "rich_text_preformatted",
      },
      {
        "elements": [
          {
            "text": "☐ ",
            "type": "text",
          },
          {
            "text": "tell <!channel> nothing",
            "type": "text",
          },
          {
            "text": "
",
            "type": "text",
          },
        ],
        "type": "rich_text_section",
      },
    ],
    "type": "rich_text",
  },
  {
    "elements": [
      {
        "text": "This is only the beginning of the section.  ·  Owned by Payments  ·  #payments",
        "type": "mrkdwn",
        "verbatim": true,
      },
    ],
    "type": "context",
  },
  {
    "elements": [
      {
        "text": "spec.owner: team-payments — catalog/payments.yaml:12, read 5 min ago",
        "type": "mrkdwn",
        "verbatim": true,
      },
    ],
    "type": "context",
  },
  {
    "elements": [
      {
        "action_id": "document-open/0",
        "text": {
          "emoji": false,
          "text": "Open whole runbook",
          "type": "plain_text",
        },
        "type": "button",
        "value": "{"path":"runbooks/payments.md","heading":"High latency"}",
      },
      {
        "action_id": "document-open/1",
        "text": {
          "emoji": false,
          "text": "Refunds fail",
          "type": "plain_text",
        },
        "type": "button",
        "value": "{"path":"runbooks/payments.md","heading":"Refunds fail"}",
      },
    ],
    "type": "actions",
  },
]
`);
});

test("a team", () => {
  const card: Card = {
    type: "team",
    subject: paymentsTeam,
    contact: { slackChannel: "payments", email: "payments@footlight.example" },
    members: [brief("nina", { title: "Nina Kowalski" })],
    parents: [],
    owns: [brief("payments-api"), brief("ledger", { description: "Books." })],
    links: [],
  };

  expect(shown(card, false)).toMatchInlineSnapshot(`
[
  {
    "text": {
      "text": "*Payments*  team",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "fields": [
      {
        "text": "*Channel*
#payments
payments@footlight.example",
        "type": "mrkdwn",
        "verbatim": true,
      },
      {
        "text": "*Members*
Nina Kowalski",
        "type": "mrkdwn",
        "verbatim": true,
      },
    ],
    "type": "section",
  },
  {
    "text": {
      "text": "*Owns 2*
• *payments-api* (service)
• *ledger* (service) — Books.",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "elements": [
      {
        "text": "spec.owner: team-payments — catalog/payments.yaml:12, read 5 min ago",
        "type": "mrkdwn",
        "verbatim": true,
      },
    ],
    "type": "context",
  },
]
`);
});

test("a person: where to reach them, their teams and what they own", () => {
  const nina = brief("nina", {
    ref: "user:default/nina",
    kind: "User",
    title: "Nina Kowalski",
    type: "user",
  });
  const card: Card = {
    type: "person",
    subject: nina,
    contact: { email: "nina@footlight.example" },
    teams: [paymentsTeam],
    owns: [brief("refund-tool")],
  };

  expect(shown(card)).toMatchInlineSnapshot(`
[
  {
    "text": {
      "text": "*Nina Kowalski*  user",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "fields": [
      {
        "text": "*Reach*
nina@footlight.example",
        "type": "mrkdwn",
        "verbatim": true,
      },
      {
        "text": "*Teams*
Payments",
        "type": "mrkdwn",
        "verbatim": true,
      },
    ],
    "type": "section",
  },
  {
    "text": {
      "text": "*Owns 1*
• *refund-tool* (service)",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "elements": [
      {
        "text": "spec.owner: team-payments — catalog/payments.yaml:12, read 5 min ago",
        "type": "mrkdwn",
        "verbatim": true,
      },
    ],
    "type": "context",
  },
  {
    "elements": [
      {
        "accessibility_label": "Share to channel: Post this answer for everybody in this channel",
        "action_id": "share",
        "text": {
          "emoji": false,
          "text": "Share to channel",
          "type": "plain_text",
        },
        "type": "button",
        "value": "who owns payments-api",
      },
    ],
    "type": "actions",
  },
]
`);
});

test("a list: its groups under headings, and how many there are in all", () => {
  const card: Card = {
    type: "list",
    title: "Services of Payments",
    subject: paymentsTeam,
    groups: [
      { heading: "Services", items: [brief("payments-api", { description: "Takes cards." })] },
      { heading: "Libraries", items: [brief("money", { type: "library" })] },
    ],
    total: 14,
  };

  expect(shown(card)).toMatchInlineSnapshot(`
[
  {
    "text": {
      "text": "*Services of Payments*  14 in all",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "text": {
      "text": "*Services* (1)
• *payments-api* (service) — Takes cards.",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "text": {
      "text": "*Libraries* (1)
• *money* (library)",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "elements": [
      {
        "text": "spec.owner: team-payments — catalog/payments.yaml:12, read 5 min ago",
        "type": "mrkdwn",
        "verbatim": true,
      },
    ],
    "type": "context",
  },
  {
    "elements": [
      {
        "accessibility_label": "Share to channel: Post this answer for everybody in this channel",
        "action_id": "share",
        "text": {
          "emoji": false,
          "text": "Share to channel",
          "type": "plain_text",
        },
        "type": "button",
        "value": "who owns payments-api",
      },
    ],
    "type": "actions",
  },
]
`);
});

test("help: what can be asked and the commands", () => {
  const card: Card = {
    type: "help",
    examples: [{ question: "who owns payments-api", what: "Owners" }],
    commands: [{ command: "/newservice", what: "Create a service" }],
  };

  expect(shown(card)).toMatchInlineSnapshot(`
[
  {
    "text": {
      "text": "*Ask me in your own words*, here, by mention in a channel, or in a direct message.",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "text": {
      "text": "*For example*
• _who owns payments-api_ — Owners",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "text": {
      "text": "*Commands*
• */newservice* — Create a service",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "elements": [
      {
        "action_id": "ask/0",
        "text": {
          "emoji": false,
          "text": "who owns payments-api",
          "type": "plain_text",
        },
        "type": "button",
        "value": "who owns payments-api",
      },
    ],
    "type": "actions",
  },
]
`);
});

test("an answer that people may confirm or call wrong, and who has", () => {
  const claim = {
    key: "owner component:default/payments-api",
    ref: "component:default/payments-api",
    question: "who owns component:default/payments-api",
    fingerprint: "f1",
    confirmed: { by: "Dario Conti", atMs: nowMs - 86_400_000 },
  };
  const answer = answerWith(entityCard, { claim });

  const { blocks } = renderAnswer(answer, { nowMs, canShare: true });

  for (const block of blocks) expect(slackSchemas().faults("block", block)).toEqual([]);
  expect(blocks.slice(-3)).toMatchInlineSnapshot(`
[
  {
    "text": {
      "text": "*Depends on*  ledger
*Used by*  checkout-web, box-office",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "elements": [
      {
        "text": "spec.owner: team-payments — catalog/payments.yaml:12, read 5 min ago",
        "type": "mrkdwn",
        "verbatim": true,
      },
      {
        "text": "✓ Confirmed by Dario Conti, 24 h ago",
        "type": "mrkdwn",
        "verbatim": true,
      },
    ],
    "type": "context",
  },
  {
    "elements": [
      {
        "accessibility_label": "What it needs (1): Payments API",
        "action_id": "ask/0",
        "text": {
          "emoji": false,
          "text": "What it needs (1)",
          "type": "plain_text",
        },
        "type": "button",
        "value": "what does component:default/payments-api depend on",
      },
      {
        "accessibility_label": "Who uses it (2): Payments API",
        "action_id": "ask/1",
        "text": {
          "emoji": false,
          "text": "Who uses it (2)",
          "type": "plain_text",
        },
        "type": "button",
        "value": "what depends on component:default/payments-api",
      },
      {
        "accessibility_label": "Confirm that this is right; your name and the date are shown with it",
        "action_id": "answer-confirm",
        "text": {
          "emoji": false,
          "text": "Confirm",
          "type": "plain_text",
        },
        "type": "button",
        "value": "{"question":"who owns component:default/payments-api","fingerprint":"f1"}",
      },
      {
        "accessibility_label": "Wrong? Say what is right instead; its owner is told",
        "action_id": "answer-wrong",
        "text": {
          "emoji": false,
          "text": "Wrong?",
          "type": "plain_text",
        },
        "type": "button",
        "value": "{"question":"who owns component:default/payments-api","fingerprint":"f1"}",
      },
      {
        "accessibility_label": "Share to channel: Post this answer for everybody in this channel",
        "action_id": "share",
        "text": {
          "emoji": false,
          "text": "Share to channel",
          "type": "plain_text",
        },
        "type": "button",
        "value": "who owns payments-api",
      },
    ],
    "type": "actions",
  },
]
`);
});

test("a choice offers a button for each", () => {
  const card: Card = {
    type: "choice",
    title: "Several things are called checkout",
    choices: [
      { brief: brief("checkout-web"), question: "who owns component:default/checkout-web" },
    ],
  };

  expect(shown(card)).toMatchInlineSnapshot(`
[
  {
    "text": {
      "text": "*Several things are called checkout*",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "accessory": {
      "accessibility_label": "This one: checkout-web",
      "action_id": "ask/0",
      "text": {
        "emoji": false,
        "text": "This one",
        "type": "plain_text",
      },
      "type": "button",
      "value": "who owns component:default/checkout-web",
    },
    "text": {
      "text": "*checkout-web*  service",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
]
`);
});

test("nothing found says so and names the nearest", () => {
  const card: Card = {
    type: "nothing",
    words: "pay",
    title: "I know nothing called “paymnts”.",
    near: [{ brief: brief("payments-api"), question: "who owns component:default/payments-api" }],
    suggestions: ["/callboard help"],
  };

  expect(shown(card)).toMatchInlineSnapshot(`
[
  {
    "text": {
      "text": "I know nothing called “paymnts”.",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "text": {
      "text": "*Did you mean*",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "accessory": {
      "accessibility_label": "This one: payments-api",
      "action_id": "ask/0",
      "text": {
        "emoji": false,
        "text": "This one",
        "type": "plain_text",
      },
      "type": "button",
      "value": "who owns component:default/payments-api",
    },
    "text": {
      "text": "*payments-api*  service",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "text": {
      "text": "*Try*
• /callboard help",
      "type": "mrkdwn",
      "verbatim": true,
    },
    "type": "section",
  },
  {
    "elements": [
      {
        "accessibility_label": "Report the gap to the people who look after the catalog",
        "action_id": "gap-report",
        "text": {
          "emoji": false,
          "text": "Report the gap",
          "type": "plain_text",
        },
        "type": "button",
        "value": "{"words":"pay","ref":"component:default/payments-api"}",
      },
    ],
    "type": "actions",
  },
]
`);
});

test("an error: what failed, the next step, the id", () => {
  expect(renderError({ message: "Slack did not answer me", hint: "try again", id: "4f2a" }))
    .toMatchInlineSnapshot(`
{
  "blocks": [
    {
      "text": {
        "text": "⚠️ *Slack did not answer me*
Try again",
        "type": "mrkdwn",
        "verbatim": true,
      },
      "type": "section",
    },
    {
      "elements": [
        {
          "text": "id 4f2a",
          "type": "mrkdwn",
          "verbatim": true,
        },
      ],
      "type": "context",
    },
  ],
  "text": "Slack did not answer me — try again (id 4f2a)",
}
`);
});

test("a run under way", () => {
  const run = sampleRun({
    status: "running",
    steps: [
      {
        id: "a",
        name: "Fetch the skeleton",
        action: "x",
        status: "completed",
        startedAtMs: nowMs,
        endedAtMs: nowMs + 1200,
      },
      { id: "b", name: "Create <!channel>", action: "x", status: "running", startedAtMs: nowMs },
      { id: "c", name: "Register", action: "x", status: "waiting" },
    ],
  });

  expect(renderRunMessage(run, { nowMs: nowMs + 3000, hasPlan: true })).toMatchInlineSnapshot(`
{
  "blocks": [
    {
      "text": {
        "text": "⚙️ *Node service*
Step 2 of 3: Create &lt;!channel&gt;",
        "type": "mrkdwn",
        "verbatim": true,
      },
      "type": "section",
    },
    {
      "tasks": [
        {
          "status": "complete",
          "task_id": "step-0",
          "title": "Fetch the skeleton (1.2 s)",
          "type": "task_card",
        },
        {
          "status": "in_progress",
          "task_id": "step-1",
          "title": "Create <!channel> (3.0 s)",
          "type": "task_card",
        },
        {
          "status": "pending",
          "task_id": "step-2",
          "title": "Register",
          "type": "task_card",
        },
      ],
      "title": "Steps",
      "type": "plan",
    },
    {
      "elements": [
        {
          "text": "Asked for by <@U0DARIOCO1>  ·  run run1",
          "type": "mrkdwn",
          "verbatim": true,
        },
      ],
      "type": "context",
    },
    {
      "elements": [
        {
          "accessibility_label": "Cancel Node service",
          "action_id": "run-cancel",
          "confirm": {
            "confirm": {
              "emoji": false,
              "text": "Cancel the run",
              "type": "plain_text",
            },
            "deny": {
              "emoji": false,
              "text": "Go on",
              "type": "plain_text",
            },
            "text": {
              "emoji": false,
              "text": "It stops before its next step. What is done stays as it is.",
              "type": "plain_text",
            },
            "title": {
              "emoji": false,
              "text": "Cancel this run?",
              "type": "plain_text",
            },
          },
          "text": {
            "emoji": false,
            "text": "Cancel",
            "type": "plain_text",
          },
          "type": "button",
          "value": "run1",
        },
      ],
      "type": "actions",
    },
  ],
  "text": "⚙️ Node service: Step 2 of 3: Create &lt;!channel&gt;",
}
`);
});

test("evidence links to the line on its page, with the last commit or else the last push", () => {
  const source = "https://github.com/acme/pay/blob/main/catalog-info.yaml:9";
  const day = 24 * 3600_000;
  const evidence = [
    { source, statement: "spec.owner: a", readAtMs: nowMs, pushedAtMs: nowMs - 2 * day },
    { source: "a.yaml:3", statement: "name: b", readAtMs: nowMs, changedAtMs: nowMs - 3 * day },
  ];

  const { blocks } = renderAnswer(answerWith(entityCard, { evidence }), { nowMs, canShare: false });

  const texts = blocks.flatMap((block) =>
    block.type === "context"
      ? block.elements.map((element) => ("text" in element ? element.text : ""))
      : [],
  );
  expect(texts).toEqual([
    "spec.owner: a — <https://github.com/acme/pay/blob/main/catalog-info.yaml#L9|catalog-info.yaml:9> (github.com), read just now, last push 2 days ago",
    "name: b — a.yaml:3, read just now, last commit 3 days ago",
  ]);
});

test("whoever asks for a runbook of a thing with several gets each one click away", () => {
  const runbooks = ["lag", "full"].map((name) => ({ path: `runbooks/${name}.md`, title: name }));
  const card = { ...entityCard, headline: "2 runbooks", runbooks };
  const buttonsOf = (intent: "runbook" | "owner"): unknown[] => {
    const { blocks } = renderAnswer(answerWith(card, { intent }), { nowMs, canShare: false });
    for (const block of blocks) expect(slackSchemas().faults("block", block)).toEqual([]);
    return blocks.flatMap((block) => {
      const elements = block.type === "actions" ? block.elements : [];
      const own =
        block.type === "section" && block.accessory !== undefined ? [block.accessory] : [];
      return [...own, ...elements].map((each) => ("value" in each ? each.value : undefined));
    });
  };

  expect(buttonsOf("runbook")).toEqual([
    '{"path":"runbooks/lag.md"}',
    '{"path":"runbooks/full.md"}',
    "what does component:default/payments-api depend on",
    "what depends on component:default/payments-api",
  ]);
  expect(buttonsOf("owner")).toEqual([
    '{"path":"runbooks/lag.md"}',
    "runbook for component:default/payments-api",
    "what does component:default/payments-api depend on",
    "what depends on component:default/payments-api",
  ]);
});
