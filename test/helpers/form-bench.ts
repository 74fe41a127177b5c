import type { JsonObject } from "../../src/base/json.ts";
import type { SubmitOutcome } from "../../src/playground/acts/modals.ts";
import type { PlainValue } from "../../src/playground/acts/values.ts";
import type { SlackView } from "../../src/playground/slack-shapes.ts";
import type { Services } from "../../src/usecases/services.ts";
import { createFakeServices, type FakeServices, sampleTemplate } from "./fake-services.ts";
import { dario, general, type SlackBench, startSlackBench } from "./slack-bench.ts";

/** Forms in the emulated Slack, filled in by one person; what is started is only remembered. */
export interface FormBench {
  bench: SlackBench;
  services: FakeServices;
  /** Opens the form of a template, after closing what was open. */
  open(template: string): Promise<void>;
  /** The open modal. */
  view(): SlackView;
  /** Its blocks as JSON. */
  shown(): string;
  /** Changes one field and waits until the form is drawn again. */
  change(blockId: string, value: PlainValue, isDrawn: () => boolean): Promise<void>;
  /** The texts that a select offers for what is typed. */
  offered(blockId: string, typed: string): Promise<string[]>;
  send(values?: Record<string, PlainValue>): Promise<SubmitOutcome>;
  back(): Promise<void>;
  /** Sends the review and gives the values that the run got. */
  create(): Promise<JsonObject>;
  close(): Promise<void>;
}

/** Starts it with templates by name, each a list of pages. */
export async function startFormBench(
  templates: Record<string, JsonObject[]>,
  more: Partial<Services> = {},
): Promise<FormBench> {
  const services = createFakeServices(
    Object.entries(templates).map(([name, pages]) => sampleTemplate(name, pages)),
  );
  Object.assign(services, more);
  const bench = await startSlackBench({ transport: "socket", services });
  const { driver } = bench;
  const view = (): SlackView => {
    const current = driver.currentView(dario);
    if (current === undefined) throw new Error("no modal is open");
    return current;
  };
  const shown = (): string => JSON.stringify(driver.currentView(dario)?.blocks ?? []);
  return {
    bench,
    services,
    view,
    shown,
    async open(template) {
      services.started.length = 0;
      while (driver.currentView(dario) !== undefined) {
        await driver.closeView({ user: dario, isCleared: true });
      }
      const outcome = await driver.slash({
        user: dario,
        channel: general,
        command: "/newservice",
        text: template,
      });
      if (outcome.error !== undefined) throw new Error(outcome.error);
      view();
    },
    async change(blockId, value, isDrawn) {
      await driver.enter({ user: dario, blockId, value });
      await driver.waitFor(isDrawn);
    },
    async offered(blockId, typed) {
      const { options, error } = await driver.typeahead({
        user: dario,
        blockId,
        actionId: "form-input",
        value: typed,
      });
      if (error !== undefined) throw new Error(error);
      return options.map(({ value }) => value ?? "");
    },
    send: async (values = {}) => await driver.submitView({ user: dario, values }),
    async back() {
      const before = view().hash;
      await driver.click({ user: dario, actionId: "form-back" });
      await driver.waitFor(() => view().hash !== before);
    },
    async create() {
      const outcome = await driver.submitView({ user: dario, values: {} });
      const [started] = services.started;
      if (started === undefined) throw new Error(`nothing was started: ${JSON.stringify(outcome)}`);
      return started.values;
    },
    close: async () => await bench.close(),
  };
}
