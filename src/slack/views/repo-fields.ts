import type { InputBlock } from "@slack/types";

import type { JsonValue } from "../../base/json.ts";
import type { FormField } from "../../scaffold/form-model.ts";
import { parseRepoUrl } from "../../scaffold/repo-url.ts";
import { actionIds } from "../action-ids.ts";
import { limits, plain } from "./blocks.ts";
import { clamp } from "./text.ts";

/** The inputs a repository is asked for in. */
export interface RepoInput {
  part: "host" | "owner" | "name";
  element: InputBlock["element"];
}

/** Owner and name, and the host where there is a choice: a select where the template says what is allowed, else text. */
export function repoInputs(field: FormField): RepoInput[] {
  const { host, owner, repo } = readRepo(field.initial);
  const { allowedHosts = [], allowedOwners = [], allowedRepos = [] } = field.repo ?? {};
  const names: RepoInput[] = [
    { part: "owner", element: repoElement(allowedOwners, owner) },
    { part: "name", element: repoElement(allowedRepos, repo) },
  ];
  if (allowedHosts.length < 2) return names;
  return [{ part: "host", element: repoElement(allowedHosts, host) }, ...names];
}

/** GitHub's names have at most 39 (owner) and 100 (repository) characters. */
const longestName = 100;

function repoElement(allowed: readonly string[], value: string): InputBlock["element"] {
  const action = { action_id: actionIds.formInput };
  const options = [...new Set(allowed)]
    .filter((name) => name !== "" && name.length <= limits.optionText)
    .slice(0, limits.options)
    .map((name) => ({ text: plain(name, limits.optionText), value: name }));
  if (options.length === 0) {
    return {
      type: "plain_text_input",
      ...action,
      max_length: longestName,
      ...(value === "" ? {} : { initial_value: clamp(value, longestName) }),
    };
  }
  const only = options.length === 1 ? options[0] : undefined;
  const initial = options.find((option) => option.value === value) ?? only;
  return {
    type: "static_select",
    ...action,
    options,
    ...(initial === undefined ? {} : { initial_option: initial }),
  };
}

function readRepo(value: JsonValue | undefined): { host: string; owner: string; repo: string } {
  const nothing = { host: "", owner: "", repo: "" };
  if (typeof value !== "string" || value === "") return nothing;
  try {
    const { host, owner = "", repo } = parseRepoUrl(value);
    return { host, owner, repo };
  } catch {
    // a default that is no address is shown as empty, and refused when it is sent
    return nothing;
  }
}
