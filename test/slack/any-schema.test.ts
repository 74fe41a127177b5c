/* oxlint-disable unicorn/no-thenable -- `then` is a keyword of JSON Schema */
import { expect, test } from "@jest/globals";

import { type JsonObject, toJsonObject } from "../../src/base/json.ts";
import { buildState, isBlock } from "../../src/playground/view-state.ts";
import { buildForm } from "../../src/scaffold/build-form.ts";
import { applyDefaults } from "../../src/scaffold/default-values.ts";
import type { Form, FormField } from "../../src/scaffold/form-model.ts";
import { shownValues } from "../../src/scaffold/form-values.ts";
import { validatePage } from "../../src/scaffold/validate-values.ts";
import {
  type PageReading,
  type ShownPage,
  readInputs,
  shownPages,
  valueAt,
} from "../../src/slack/form-pages.ts";
import { rawOf } from "../../src/slack/handlers/form-session.ts";
import { fieldBlocks } from "../../src/slack/views/form-fields.ts";
import { splitFields } from "../../src/slack/views/form-sheets.ts";
import { renderFormPage, renderReview } from "../../src/slack/views/form-view.ts";
import { anyText } from "../helpers/arbitrary-answers.ts";
import { fc } from "../helpers/properties.ts";
import { viewProblems } from "../helpers/shown-blocks.ts";

const runs = { numRuns: 40 };

const names = fc.oneof(
  fc.constantFrom("name", "owner", "constructor", "__proto__", "toString", "a.b", "ünï", ""),
  fc.string({ maxLength: 12 }),
);
const json = fc.jsonValue({ maxDepth: 2 });
const hints = fc.record(
  {
    title: fc.oneof(anyText, json),
    description: anyText,
    default: fc.oneof(json, anyText, fc.constant("${{ parameters.name }}-x"), fc.integer()),
    enum: fc.oneof(fc.array(json, { maxLength: 120 }), fc.array(fc.string(), { maxLength: 8 })),
    enumNames: fc.array(json, { maxLength: 8 }),
    const: json,
    pattern: fc.constantFrom("^[a-z]+$", "(", "^(a+)+$"),
    format: fc.constantFrom("email", "uri", "date", "date-time", "nonsense"),
    minLength: fc.integer({ min: -5, max: 5000 }),
    maxLength: fc.integer({ min: -5, max: 5000 }),
    minimum: fc.oneof(fc.integer(), fc.double({ noNaN: true })),
    maximum: fc.oneof(fc.integer(), fc.double({ noNaN: true })),
    readOnly: fc.boolean(),
    "ui:widget": fc.constantFrom(
      "textarea",
      "password",
      "radio",
      "checkboxes",
      "select",
      "hidden",
      "updown",
      "x",
    ),
    "ui:field": fc.constantFrom(
      "EntityPicker",
      "EntityNamePicker",
      "EntityTagsPicker",
      "RepoUrlPicker",
      "OwnerPicker",
      "OwnedEntityPicker",
      "MyGroupsPicker",
      "Secret",
      "MultiEntityPicker",
      "RepoBranchPicker",
      "RepoOwnerPicker",
      "Vendor",
      "constructor",
    ),
    "ui:options": fc.oneof(
      json,
      fc.record({ allowedOwners: fc.array(fc.string(), { maxLength: 120 }), catalogFilter: json }),
    ),
    "ui:placeholder": anyText,
    "ui:help": anyText,
    "ui:emptyValue": json,
    "ui:disabled": fc.boolean(),
    "ui:order": fc.array(names, { maxLength: 4 }),
    "ui:backstage": json,
  },
  { requiredKeys: [] },
);
const types = fc.constantFrom(
  "string",
  "number",
  "integer",
  "boolean",
  "array",
  "object",
  "null",
  "nonsense",
);

type Schema = Record<string, unknown>;

/** A property, whose lists and objects go as deep as is said. */
function schemaOf(depth: number): fc.Arbitrary<Schema> {
  const flat: fc.Arbitrary<Schema>[] = [
    fc.tuple(hints, types).map(([more, type]) => ({ ...more, type })),
    fc.tuple(hints, types).map(([more, type]) => ({ ...more, type: [type, "null"] })),
    fc.dictionary(
      fc.constantFrom("type", "properties", "items", "enum", "oneOf", "$ref", "if"),
      json,
      {
        maxKeys: 3,
      },
    ),
    fc.constantFrom({ $ref: "#/definitions/x" }, { $ref: "#" }, { $ref: "#/properties/name" }),
  ];
  if (depth === 0) return fc.oneof(...flat);
  const list = fc
    .tuple(hints, schemaOf(depth - 1))
    .map(([more, items]) => ({ ...more, type: "array", items }));
  return fc.oneof(...flat, list, objectOf(depth - 1));
}

function objectOf(depth: number): fc.Arbitrary<Schema> {
  const properties = fc.dictionary(names, schemaOf(depth), { maxKeys: 3 });
  const branch: fc.Arbitrary<Schema> =
    depth === 0 ? properties.map((each) => ({ properties: each })) : objectOf(depth - 1);
  return fc
    .record(
      {
        properties,
        required: fc.array(names, { maxLength: 3 }),
        dependencies: fc.dictionary(names, fc.oneof(branch, fc.array(names, { maxLength: 2 })), {
          maxKeys: 2,
        }),
        if: branch,
        then: branch,
        allOf: fc.array(branch, { maxLength: 1 }),
        oneOf: fc.array(branch, { maxLength: 2 }),
        definitions: fc.dictionary(fc.constant("x"), schemaOf(0)),
        additionalProperties: fc.boolean(),
        title: anyText,
      },
      { requiredKeys: ["properties"] },
    )
    .map((object) => ({ type: "object", ...object }));
}

const pages = fc.array(
  fc.tuple(objectOf(1), anyText).map(([one, title]): JsonObject => toJsonObject({ ...one, title })),
  {
    minLength: 1,
    maxLength: 3,
  },
);

const secrets = {
  linkFor: () => "https://callboard.example.com/secrets/x",
  references: [],
  given: {},
};

/** All windows of a page; most need one. */
function draw(page: ShownPage) {
  return splitFields(page.fields, page.index, secrets).map((fields, part) =>
    renderFormPage({
      templateTitle: "Any",
      place: { draft: "d", page: page.index, part },
      step: 2,
      steps: 3,
      title: page.page.title,
      ...(page.page.description === undefined ? {} : { description: page.page.description }),
      index: page.index,
      fields,
      secrets,
      left: { draftId: "d", begunAtMs: 0, nowMs: 60_000 },
    }),
  );
}

/** What comes back when a page is sent as it was drawn. */
function sendUntouched(page: ShownPage, values: JsonObject): PageReading {
  const blocks: unknown[] = JSON.parse(JSON.stringify(draw(page).flatMap((view) => view.blocks)));
  const state: Parameters<typeof rawOf>[2] = JSON.parse(
    JSON.stringify(buildState(blocks.filter((block) => isBlock(block)))),
  );
  return readInputs(page.fields, values, (field) => rawOf(field, page.index, state));
}

const formOf = (written: JsonObject[]): Form => buildForm({ title: "Any", pages: written });

test("the form of any schema, and its review, are inside every limit, and sending it never fails", () => {
  fc.assert(
    fc.property(pages, (written) => {
      const form = formOf(written);
      let values: JsonObject = {};
      for (const page of shownPages(form, values, {})) {
        for (const view of draw(page)) expect(viewProblems(view, "modal")).toEqual([]);
        ({ values } = sendUntouched(page, values));
        validatePage(page.page, values);
      }
      const final = shownValues(form, values);
      const review = renderReview({
        templateTitle: "Any",
        place: { draft: "d" },
        step: 3,
        steps: 3,
        pages: shownPages(form, values, {}).map(({ page, fields }) => ({
          title: page.title,
          fields,
          valueOf: (field: FormField) => valueAt(final, field.path),
        })),
        stepNames: [],
        approvals: [],
        isRetry: false,
      });
      expect(viewProblems(review, "modal")).toEqual([]);
    }),
    runs,
  );
});

/** A page of more fields than one window has room for, some with long texts and many options. */
const longPage = fc
  .array(schemaOf(1), { minLength: 80, maxLength: 160 })
  .map((properties): JsonObject =>
    toJsonObject({
      title: "Long",
      properties: Object.fromEntries(properties.map((property, index) => [`f${index}`, property])),
    }),
  );

test("a page of any length is shown whole, in as many windows as it needs", () => {
  fc.assert(
    fc.property(longPage, (written) => {
      for (const page of shownPages(formOf([written]), {}, {})) {
        const views = draw(page);
        const drawn = views.flatMap((view) => view.blocks.map((block) => JSON.stringify(block)));
        const wanted = page.fields.flatMap((field) => fieldBlocks(field, page.index, secrets));

        for (const view of views) expect(viewProblems(view, "modal")).toEqual([]);
        expect(JSON.stringify(drawn)).not.toContain("this was more than Slack shows");
        const shown = new Set(drawn);
        expect(wanted.filter((block) => !shown.has(JSON.stringify(block)))).toEqual([]);
      }
    }),
    { numRuns: 8 },
  );
});

test("what stands in the form of any schema comes back as it was when it is sent untouched", () => {
  fc.assert(
    fc.property(pages, (written) => {
      const form = formOf(written);
      for (const page of shownPages(form, {}, {})) {
        const before = applyDefaults(page.page, {});
        const { values, faults } = sendUntouched(page, before);
        const again = sendUntouched({ ...page, fields: shownAt(form, page, values) }, values);
        const wrong = new Set(validatePage(page.page, before).map(({ key }) => key));
        // a schema that cannot be compiled is told as a fault of the page; nothing is promised for its values
        const isBroken = wrong.has("");
        const lost = page.fields.filter(
          (field) =>
            !isBroken &&
            !wrong.has(field.key) &&
            isShowable(field, valueAt(before, field.path)) &&
            JSON.stringify(valueAt(values, field.path)) !==
              JSON.stringify(valueAt(before, field.path)),
        );

        expect(
          lost.map(({ key }) => [key, valueAt(before, [key]), valueAt(values, [key])]),
        ).toEqual([]);
        expect(faults.filter(({ key }) => !wrong.has(key))).toEqual([]);
        expect(again.values).toEqual(values);
      }
    }),
    runs,
  );
});

function shownAt(form: Form, page: ShownPage, values: JsonObject): FormField[] {
  return shownPages(form, values, {}).find(({ index }) => index === page.index)?.fields ?? [];
}

/** Written in full when they are read. */
const canonical = new Set<FormField["widget"]>(["entity", "entities", "repo-url"]);

/** True where Slack can show the value as it is: no blanks at the ends, line ends, control characters, odd numbers. */
function isShowable(field: FormField, value: unknown): boolean {
  const isReadOtherwise =
    canonical.has(field.widget) ||
    (value === undefined && field.widget === "boolean") ||
    (field.type === "array" && !Array.isArray(value));
  if (isReadOtherwise) return false;
  if (typeof value === "number" || field.widget === "number") return isPlainNumber(field, value);
  return !/\\|^" | "$|,"" /.test(JSON.stringify(value ?? ""));
}

function isPlainNumber({ minimum = 0, maximum = 0 }: FormField, value: unknown): boolean {
  return Number.isSafeInteger(value) && minimum === 0 && maximum === 0;
}
