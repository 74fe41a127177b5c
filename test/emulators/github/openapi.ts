import fs from "node:fs";

import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";

import { isRecord } from "../../../src/base/json.ts";
import { sharedPath } from "../../helpers/shared.ts";
import { record } from "./router.ts";

type Node = Record<string, unknown>;

/** Checks requests and answers against GitHub's own OpenAPI description. */
export interface OpenapiCheck {
  request(exchange: {
    method: string;
    template: string;
    query: URLSearchParams;
    body: unknown;
  }): string[];
  response(exchange: { method: string; template: string; status: number; body: unknown }): string[];
}

const file = sharedPath("oracles/github-openapi.json");

/** True where GitHub's description lies beside the project; without it, nothing is checked. */
export const hasOpenapi = file !== undefined;

let loaded: OpenapiCheck | undefined;

/** The check, compiled operation by operation as they are used; undefined where the description is absent. */
export function loadOpenapi(): OpenapiCheck | undefined {
  if (file === undefined) return undefined;
  loaded ??= createCheck(record(rewrite(JSON.parse(fs.readFileSync(file, "utf8")))));
  return loaded;
}

const documentId = "github.json";

function createCheck(document: Node): OpenapiCheck {
  const ajv = new Ajv({ strict: false, logger: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: documentId, components: document["components"] });
  const compiled = new Map<string, ValidateFunction>();
  const faultsOf = (key: string, schema: unknown, value: unknown): string[] => {
    const validate = compiled.get(key) ?? ajv.compile(record(schema));
    compiled.set(key, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).slice(0, 5).map(describe);
  };
  const operationOf = (method: string, template: string): Node | undefined => {
    const operation = record(record(document["paths"])[specTemplate(template)])[
      method.toLowerCase()
    ];
    return isRecord(operation) ? operation : undefined;
  };
  return {
    request({ method, template, query, body }) {
      const operation = operationOf(method, template);
      if (operation === undefined) return [];
      const parameters = list(operation["parameters"]).map((one) => resolve(document, one));
      const known = parameters.filter((one) => one["in"] === "query").map((one) => one["name"]);
      const faults = [...query.keys()]
        .filter((name) => !known.includes(name))
        .map((name) => `unknown query parameter ${name}`);
      if (operation["requestBody"] === undefined) return faults;
      const schema = record(schemaOf(resolve(document, operation["requestBody"])));
      faults.push(...unknownKeys(schema, body));
      return [...faults, ...faultsOf(`${method} ${template}`, schema, body)];
    },
    response({ method, template, status, body }) {
      const operation = operationOf(method, template);
      if (operation === undefined) return [];
      const described = record(operation["responses"])[String(status)];
      // conditional requests are described in prose only
      if (status === 304) return [];
      if (described === undefined) return status < 400 ? [`GitHub never answers ${status}`] : [];
      const schema = schemaOf(resolve(document, described));
      if (schema === undefined)
        return body === undefined || status >= 400 ? [] : ["GitHub answers no body"];
      return faultsOf(`${method} ${template} ${status}`, schema, body);
    },
  };
}

/** GitHub overlooks body properties it does not know, so a misspelt one would go unnoticed. */
function unknownKeys(schema: Node, body: unknown): string[] {
  const properties = Object.keys(record(schema["properties"]));
  if (properties.length === 0) return [];
  return Object.keys(record(body))
    .filter((key) => !properties.includes(key))
    .map((key) => `unknown body property ${key}`);
}

function resolve(document: Node, node: unknown): Node {
  let found = record(node);
  while (typeof found["$ref"] === "string") {
    const parts = found["$ref"].split("/").slice(1);
    found = parts.reduce<Node>((at, part) => record(at[part]), document);
  }
  return found;
}

function schemaOf(holder: Node): unknown {
  return record(record(holder["content"])["application/json"])["schema"];
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function describe(error: ErrorObject): string {
  return `${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`;
}

/** Where the description names a parameter otherwise than our routes. */
function specTemplate(template: string): string {
  return template.replace("/git/trees/{ref}", "/git/trees/{tree_sha}");
}

/**
 * OpenAPI 3.0 to JSON Schema: `nullable` allows null, references point into one shared document.
 * "internal" is a visibility of GitHub Enterprise, which this description of github.com leaves out.
 */
function rewrite(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(rewrite);
  if (!isRecord(node)) return node;
  const { nullable, discriminator: _discriminator, ...rest } = node;
  const result: Node = {};
  for (const [key, value] of Object.entries(rest)) {
    const isSchemaRef =
      key === "$ref" && typeof value === "string" && value.startsWith("#/components/schemas");
    result[key] = isSchemaRef ? value.replace("#", `${documentId}#`) : rewrite(value);
  }
  if (Array.isArray(result["enum"]) && result["enum"].join() === "public,private")
    result["enum"] = ["public", "private", "internal"];
  return nullable === true ? { anyOf: [{ type: "null" }, result] } : result;
}
