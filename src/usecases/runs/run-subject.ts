import type { JsonObject } from "../../base/json.ts";

/** Parameters that most templates call the thing they make by, in the order of trust. */
const nameParameters = ["name", "component_id", "componentName", "repoName", "title"];

/** What a run is about, for its message: `seat-upgrades`; undefined when its values do not say. */
export function runSubject(values: JsonObject): string | undefined {
  for (const parameter of nameParameters) {
    const value = Object.hasOwn(values, parameter) ? values[parameter] : undefined;
    if (typeof value === "string" && value.trim() !== "") return value.trim();
  }
  for (const value of Object.values(values)) {
    // repoUrl's wire format, github.com?owner=acme&repo=seat-upgrades
    const repo = typeof value === "string" ? /[?&]repo=([^&]+)/.exec(value)?.[1] : undefined;
    if (repo !== undefined) return repo;
  }
  return undefined;
}
