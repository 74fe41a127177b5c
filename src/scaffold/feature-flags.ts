import { isRecord, type JsonObject, type JsonValue } from "../base/json.ts";
import { asObject, asTexts } from "./conditions.ts";

/**
 * Pages without those, and without their properties, that name a feature flag of Backstage which is not active.
 * @see https://backstage.io/docs/features/software-templates/writing-templates
 */
export function withoutFlagged(pages: JsonObject[], active: readonly string[]): JsonObject[] {
  const isOn = (part: JsonValue): boolean => {
    const flag = isRecord(part) ? flagOf(part) : undefined;
    return flag === undefined || active.includes(flag);
  };
  return pages.filter(isOn).map((page) => {
    const all = Object.entries(asObject(page["properties"]));
    const on = all.filter(([, property]) => isOn(property));
    if (on.length === all.length) return page;
    const off = new Set(all.filter(([, property]) => !isOn(property)).map(([name]) => name));
    const required = asTexts(page["required"]).filter((name) => !off.has(name));
    return { ...page, properties: Object.fromEntries(on), required };
  });
}

function flagOf(part: JsonObject): string | undefined {
  const flag = part["backstage:featureFlag"] ?? asObject(part["ui:backstage"])["featureFlag"];
  return typeof flag === "string" && flag !== "" ? flag : undefined;
}
