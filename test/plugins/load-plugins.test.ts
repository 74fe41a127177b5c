import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { loadPlugins, actionsWith } from "../../src/plugins/load-plugins.ts";
import { builtinActions } from "../../src/scaffold/actions/builtin-actions.ts";
import { parseTemplate } from "../../src/scaffold/parse-template.ts";
import { checkInput } from "../../src/scaffold/step-input.ts";
import { actionContext, templateEntity, withFolder } from "../helpers/scaffold.ts";

const ticket = `export const plugin = ({ defineAction, z }) => ({
  name: "acme-tickets",
  apiVersion: 1,
  actions: [
    defineAction({
      id: "acme:ticket:create",
      description: "Opens a ticket.",
      input: z.object({ title: z.string() }),
      supportsDryRun: false,
      prefix: "T-",
      exampleOutput() { return { number: this.prefix + 0 }; },
      async run(input, context) { context.log("opening " + input.title); return { number: this.prefix + 1 }; },
    }),
  ],
});
`;

async function withPlugin(text: string, work: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await writeFile(join(folder, "tickets.mjs"), text);
    await work(folder);
  });
}

test("an action from one file is known, checked and run", async () => {
  await withPlugin(ticket, async (folder) => {
    const actions = actionsWith(await loadPlugins(["./tickets.mjs"], folder), builtinActions);
    const spec = { steps: [{ action: "acme:ticket:create", input: { title: "x" } }] };
    const action = actions.get("acme:ticket:create");
    if (action === undefined) throw new Error("not there");
    const context = actionContext(folder);

    expect(
      parseTemplate(templateEntity(spec), { actions: builtinActions }).diagnostics,
    ).toHaveLength(1);
    expect(parseTemplate(templateEntity(spec), { actions }).diagnostics).toEqual([]);
    expect(() => checkInput(action, {})).toThrow(
      expect.objectContaining({ code: "step-input-invalid" }),
    );
    expect(await action.run(checkInput(action, { title: "x" }).input, context)).toEqual({
      number: "T-1",
    });
    expect(action.exampleOutput?.({})).toEqual({ number: "T-0" });
    expect(context.lines).toEqual(["opening x"]);
    expect(actions.has("fetch:template")).toBe(true);
  });
});

test("a plain object as the default export will do", async () => {
  const text = `export default { name: "x", apiVersion: 1, actions: [] };`;

  await withPlugin(text, async (folder) => {
    expect(await loadPlugins([join(folder, "tickets.mjs")], "/elsewhere")).toEqual([
      { name: "x", apiVersion: 1, actions: [] },
    ]);
  });
});

test.each([
  ["syntax {", "plugin-unreadable", /cannot be loaded/],
  ["throw new Error('boom')", "plugin-unreadable", /boom/],
  [
    "export const plugin = () => { throw new Error('bang'); }",
    "plugin-unreadable",
    /failed to start: bang/,
  ],
  ["export const other = 1", "plugin-invalid", /is not a plug-in/],
  [
    "export const plugin = { name: 'X y', apiVersion: 2, actions: 'none' }",
    "plugin-invalid",
    /name: lower case.*apiVersion: 1, the only.*actions:/,
  ],
  [
    "export const plugin = { name: 'x', apiVersion: 1, actions: [{ id: 'noprefix', description: 'd', input: {}, supportsDryRun: 1, run: 'x' }] }",
    "plugin-invalid",
    /actions\.0\.id: such as.*actions\.0\.input: a zod schema.*actions\.0\.supportsDryRun.*actions\.0\.run: a function/,
  ],
])("says what is wrong with %j", async (text, code, message) => {
  await withPlugin(text, async (folder) => {
    await expect(loadPlugins(["./tickets.mjs"], folder)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});

test("a file that is not there is said so", async () => {
  await expect(loadPlugins(["./nowhere.mjs"], "/nowhere")).rejects.toMatchObject({
    code: "plugin-unreadable",
  });
  await expect(loadPlugins(["no-such-package-at-all"], "/nowhere")).rejects.toMatchObject({
    code: "plugin-unreadable",
  });
});

test("an action that is there already is refused", async () => {
  await withPlugin(ticket.replace("acme:ticket:create", "fetch:template"), async (folder) => {
    const plugins = await loadPlugins(["./tickets.mjs"], folder);

    expect(() => actionsWith(plugins, builtinActions)).toThrow(
      expect.objectContaining({ code: "action-duplicate" }),
    );
  });
});
