import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";

import { UpstreamError } from "../../src/base/errors.ts";
import type { JsonObject } from "../../src/base/json.ts";
import {
  createFakeServices,
  sampleRun,
  sampleTemplate,
  type FakeServices,
} from "../helpers/fake-services.ts";
import {
  dario,
  general,
  guest,
  nina,
  type SlackBench,
  startSlackBench,
} from "../helpers/slack-bench.ts";

const servicePages: JsonObject[] = [
  {
    title: "About the service",
    description: "What it is called and whose it is.",
    required: ["name", "owner"],
    properties: {
      name: {
        title: "Name",
        type: "string",
        pattern: "^[a-z][a-z0-9-]*$",
        description: "Lower case, digits and hyphens.",
      },
      owner: {
        title: "Owner",
        type: "string",
        "ui:field": "OwnerPicker",
        "ui:options": { catalogFilter: { kind: "Group" } },
      },
      isPublic: { title: "Public", type: "boolean", default: false },
      port: { title: "Port", type: "integer", default: 8080, minimum: 1, maximum: 65_535 },
    },
  },
  {
    title: "Database",
    properties: {
      engine: { title: "Engine", type: "string", enum: ["none", "postgres"], default: "none" },
    },
    dependencies: {
      engine: {
        oneOf: [
          { properties: { engine: { enum: ["none"] } } },
          {
            required: ["size"],
            properties: {
              engine: { enum: ["postgres"] },
              size: { title: "Size in GB", type: "number" },
            },
          },
        ],
      },
    },
  },
  {
    title: "Never shown",
    properties: { hidden: { type: "string", default: "x", "ui:widget": "hidden" } },
  },
  {
    title: "Repository",
    required: ["repoUrl"],
    properties: {
      repoUrl: {
        title: "Repository",
        type: "string",
        "ui:field": "RepoUrlPicker",
        "ui:options": {
          allowedHosts: ["github.com"],
          allowedOwners: ["footlight", "footlight-labs"],
        },
      },
    },
  },
];

/** The block of a field on a page. */
const block = (page: number, key: string, part = "") => `${page}:${part}:${key}`;

describe.each(["http", "socket"] as const)("/newservice by %s", (transport) => {
  let bench: SlackBench;
  let services: FakeServices;
  beforeAll(async () => {
    services = createFakeServices([
      sampleTemplate("node-service", servicePages),
      sampleTemplate("empty", []),
    ]);
    bench = await startSlackBench({ transport, services });
  });
  beforeEach(async () => {
    services.started.length = 0;
    services.savedDrafts.clear();
    while (bench.driver.currentView(dario) !== undefined) {
      await bench.driver.closeView({ user: dario, isCleared: true });
    }
  });
  afterAll(async () => await bench.close());

  async function openForm(): Promise<void> {
    const outcome = await bench.driver.slash({
      user: dario,
      channel: general,
      command: "/newservice",
      text: "node-service",
    });
    expect(outcome.error).toBeUndefined();
    // an external select offers nothing before somebody types into it
    await bench.driver.typeahead({
      user: dario,
      blockId: block(0, "owner"),
      actionId: "form-input",
      value: "",
    });
  }

  const submit = async (values: Parameters<typeof bench.driver.submitView>[0]["values"] = {}) =>
    await bench.driver.submitView({ user: dario, values });

  const firstPage = {
    [block(0, "name")]: "pay-api",
    [block(0, "owner")]: "group:default/team-payments",
  };

  test("goes through all pages, checks everything and starts the run before the acknowledgement", async () => {
    await openForm();
    const first = bench.driver.currentView(dario);
    expect(first?.title.text).toBe("The node-service templa…");
    expect(JSON.stringify(first?.blocks)).toContain("Step 1 of 4");
    const offered = await bench.driver.typeahead({
      user: dario,
      blockId: block(0, "owner"),
      actionId: "form-input",
      value: "pay",
    });
    expect(offered.options.map((option) => option.value)).toEqual(["group:default/team-payments"]);

    const second = await submit({ ...firstPage, [block(0, "isPublic")]: ["true"] });
    const secondBlocks = JSON.stringify(second.view?.blocks);
    const thirdBlocks = JSON.stringify((await submit()).view?.blocks);
    const review = await submit({
      [block(3, "repoUrl", "owner")]: "footlight",
      [block(3, "repoUrl", "name")]: "pay-api",
    });
    const shown = JSON.stringify(review.view?.blocks);
    const done = await submit();

    expect(secondBlocks).toContain("Database");
    expect(thirdBlocks).toContain("Repository: owner");
    expect(shown).toContain("*Name*: pay-api");
    expect(shown).toContain("*Public*: yes");
    expect(shown).toContain("*Repository*: github.com/footlight/pay-api");
    expect(shown).toContain("1. Fetch the skeleton");
    expect(done.error).toBeUndefined();
    expect(bench.driver.currentView(dario)).toBeUndefined();
    expect(services.started).toEqual([
      {
        requestKey: expect.stringMatching(/^slack:T0FOOTLIT1:/),
        templateRef: "template:default/node-service",
        values: {
          name: "pay-api",
          owner: "group:default/team-payments",
          isPublic: true,
          port: 8080,
          engine: "none",
          hidden: "x",
          repoUrl: "github.com?owner=footlight&repo=pay-api",
        },
        emptied: [],
        requester: {
          workspace: { teamId: "T0FOOTLIT1" },
          slackUserId: dario,
          name: "Dario Costa",
          userRef: "user:default/dario.costa",
        },
        channel: general,
      },
    ]);
  });

  test("shows each fault at its field and loses nothing", async () => {
    await openForm();

    const refused = await submit({ ...firstPage, [block(0, "name")]: "Pay API" });
    const accepted = await submit({ [block(0, "name")]: "pay-api" });

    expect(Object.keys(refused.errors ?? {})).toEqual([block(0, "name")]);
    expect(refused.errors?.[block(0, "name")]).toContain("“Pay API” does not fit the pattern");
    expect(accepted.errors).toBeUndefined();
  });

  test("a repository that is not allowed is refused at its name", async () => {
    await openForm();
    await submit(firstPage);
    await submit();

    const refused = await submit({
      [block(3, "repoUrl", "owner")]: "footlight",
      [block(3, "repoUrl", "name")]: "no spaces",
    });

    expect(Object.keys(refused.errors ?? {})).toEqual([block(3, "repoUrl", "name")]);
  });

  test("a field appears when its condition is met, and what was typed stays", async () => {
    await openForm();
    await submit(firstPage);
    expect(JSON.stringify(bench.driver.currentView(dario)?.blocks)).not.toContain("Size in GB");

    await bench.driver.enter({ user: dario, blockId: block(1, "engine"), value: "postgres" });
    await bench.driver.waitFor(() =>
      JSON.stringify(bench.driver.currentView(dario)?.blocks).includes("Size in GB"),
    );
    const next = await submit({ [block(1, "size")]: "20" });

    expect(next.errors).toBeUndefined();
    expect(services.savedDrafts.values().next().value?.values).toMatchObject({
      engine: "postgres",
      size: 20,
    });
  });

  test("Back keeps what was typed on every page", async () => {
    await openForm();
    await submit(firstPage);
    await bench.driver.enter({ user: dario, blockId: block(1, "engine"), value: "postgres" });
    await bench.driver.waitFor(() =>
      JSON.stringify(bench.driver.currentView(dario)?.blocks).includes("Size in GB"),
    );

    await bench.driver.click({ user: dario, actionId: "form-back" });
    const first = await bench.driver.waitFor(() => {
      const view = bench.driver.currentView(dario);
      return JSON.stringify(view?.blocks).includes("Step 1") ? view : undefined;
    });
    const second = await submit();

    expect(JSON.stringify(first.blocks)).toContain('"initial_value":"pay-api"');
    expect(JSON.stringify(second.view?.blocks)).toContain("Size in GB");
  });

  test("pressing Create twice, or sending the form again, starts one run", async () => {
    await openForm();
    await submit(firstPage);
    await submit();
    const review = await submit({
      [block(3, "repoUrl", "owner")]: "footlight",
      [block(3, "repoUrl", "name")]: "pay-api",
    });
    const viewId = review.view?.id ?? "";

    await Promise.all([
      bench.driver.submitView({ user: dario, viewId }),
      bench.driver.submitView({ user: dario, viewId }),
    ]);

    expect(new Set(services.started.map((each) => each.requestKey)).size).toBe(1);
  });

  test("a start that fails is explained in the form, and Create works afterwards", async () => {
    await bench.driver.slash({
      user: dario,
      channel: general,
      command: "/newservice",
      text: "empty",
    });
    services.failures.start = async () => {
      throw new UpstreamError("storage-down", "the storage does not answer", {
        isRetryable: true,
        hint: "try again",
      });
    };

    const refused = await submit();
    const accepted = await submit();

    expect(JSON.stringify(refused.view?.blocks)).toContain(
      "The storage does not answer — try again",
    );
    expect(accepted.error).toBeUndefined();
    expect(services.started).toHaveLength(1);
  });

  test("a storage that hangs costs no more than Slack's patience", async () => {
    await bench.driver.slash({
      user: dario,
      channel: general,
      command: "/newservice",
      text: "empty",
    });
    services.failures.start = async () =>
      await new Promise((resolve) => {
        setTimeout(() => resolve(sampleRun()), 2600).unref();
      });

    const refused = await submit();

    expect(refused.error).toBeUndefined();
    expect(JSON.stringify(refused.view?.blocks)).toContain("I could not store this in time");
  });

  test("lists the templates, opens one by its button, and names the nearest for an unknown name", async () => {
    const list = await bench.driver.slash({
      user: dario,
      channel: general,
      command: "/newservice",
      text: "",
    });
    const unknown = await bench.driver.slash({
      user: dario,
      channel: general,
      command: "/newservice",
      text: "nodeservice",
    });

    await bench.driver.click({
      user: dario,
      channel: general,
      ts: list.message?.ts ?? "",
      actionId: "template-open/0",
    });

    expect(list.message?.text).toContain("• The node-service template");
    expect(unknown.message?.text).toContain("There is no template “nodeservice”.");
    expect(bench.driver.currentView(dario)?.callback_id).toBe("form-page");
  });

  test("the global shortcut lists templates in a modal and reports to the person", async () => {
    await bench.driver.shortcut({ user: dario, callbackId: "new_service" });
    expect(bench.driver.currentView(dario)?.callback_id).toBe("templates");

    await bench.driver.click({ user: dario, actionId: "template-open/1" });
    await bench.driver.waitFor(
      () => bench.driver.currentView(dario)?.callback_id === "form-review",
    );
    await submit();

    expect(services.started[0]?.channel).toBe(dario);
  });

  test("a guest is refused with the reason", async () => {
    const outcome = await bench.driver.slash({
      user: guest,
      channel: "C0CHECKOU1",
      command: "/newservice",
      text: "empty",
    });

    expect(outcome.message?.text).toContain("Guests cannot start or change anything here");
    expect(bench.driver.currentView(guest)).toBeUndefined();
  });

  test("a form whose draft is gone says so", async () => {
    await openForm();
    services.savedDrafts.clear();

    const gone = await submit(firstPage);

    expect(JSON.stringify(gone.view?.blocks)).toContain("This form is no longer kept.");
  });

  test("somebody else's draft is nobody's business", async () => {
    await openForm();
    const [draft] = services.savedDrafts.values();
    if (draft !== undefined) services.savedDrafts.set(draft.id, { ...draft, slackUserId: nina });

    const gone = await submit(firstPage);

    expect(JSON.stringify(gone.view?.blocks)).toContain("This form is no longer kept.");
  });
});
