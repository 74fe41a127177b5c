import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import type { RenderContext, RenderWorld } from "./expressions.ts";
import type { RunOutput } from "./model.ts";
import type { Renderer } from "./renderer.ts";
import { isTruthy, renderPart } from "./step-input.ts";

/** Renders `spec.output`: links and texts whose `if` is false are gone, as is a link that leads nowhere. */
export async function renderOutput(
  written: JsonObject,
  context: RenderContext,
  world: RenderWorld,
  renderer: Renderer,
): Promise<RunOutput> {
  const wrapped = { ...written };
  for (const key of ["links", "text"]) {
    const items = wrapped[key];
    if (Array.isArray(items)) wrapped[key] = items.map(wrapCondition);
  }
  const rendered = await renderPart({ value: wrapped, name: "output" }, context, world, renderer);
  const { links, text, ...values } = isRecord(rendered) ? rendered : {};
  return {
    links: shown(links).flatMap((link) => linkOf(link)),
    text: shown(text).flatMap((one) => textOf(one)),
    values,
  };
}

/** In a list, a condition that comes to nothing leaves a trace: as a plain key it would vanish and count as none. */
function wrapCondition(item: JsonValue): JsonValue {
  const condition = isRecord(item) ? item["if"] : undefined;
  return isRecord(item) && condition !== undefined ? { ...item, if: [condition] } : item;
}

function shown(items: JsonValue | undefined): JsonObject[] {
  const list = Array.isArray(items) ? items.filter((item) => isRecord(item)) : [];
  return list.filter((item) => {
    const condition = item["if"];
    return condition === undefined || (Array.isArray(condition) && isTruthy(condition[0]));
  });
}

function linkOf(link: JsonObject): RunOutput["links"] {
  const url = stringOf(link["url"]);
  const entityRef = stringOf(link["entityRef"]);
  if (url === undefined && entityRef === undefined) return [];
  const icon = stringOf(link["icon"]);
  return [
    {
      title: stringOf(link["title"]) ?? url ?? entityRef ?? "",
      ...(url === undefined ? {} : { url }),
      ...(entityRef === undefined ? {} : { entityRef }),
      ...(icon === undefined ? {} : { icon }),
    },
  ];
}

function textOf(item: JsonObject): RunOutput["text"] {
  const content = stringOf(item["content"]);
  if (content === undefined) return [];
  const title = stringOf(item["title"]);
  const icon = stringOf(item["icon"]);
  return [
    { content, ...(title === undefined ? {} : { title }), ...(icon === undefined ? {} : { icon }) },
  ];
}

function stringOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}
