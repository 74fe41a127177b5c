import type { JsonObject, JsonValue } from "../base/json.ts";

/**
 * A Backstage software template as we run it.
 * @see https://backstage.io/docs/features/software-templates/writing-templates
 */
export interface Template {
  /** Canonical, such as `template:default/node-service`. */
  ref: string;
  title: string;
  description?: string;
  owner?: string;
  type: string;
  tags: string[];
  /** Absolute path or URL of the template's file: relative fetch URLs resolve against it. */
  base: string;
  /** `spec.parameters`, always as a list of pages (JSON Schema objects with `ui:*` keys). */
  pages: JsonObject[];
  steps: TemplateStep[];
  /** `spec.output`, unrendered. */
  output: JsonObject;
  /** `spec.secrets.schema`: what the secrets of a run must look like. */
  secretsSchema?: JsonObject;
  /** Who must approve before anything is done. */
  approval?: ApprovalRequirement;
  /** Who must approve before a step is done, by its id. */
  stepApprovals?: Record<string, ApprovalRequirement>;
}

/** Whose consent is needed, and for how long it can be given. */
export interface ApprovalRequirement {
  /** Canonical references of Groups; members of any of them, and of the groups below, may approve. */
  groups: string[];
  /** How many different people must approve. */
  count: number;
  /** From when it is asked. */
  expiresMs: number;
  /** Where it is asked: a channel's id or `#name`. Absent: the channel of the first group. */
  channel?: string;
  /** True: those who were asked are reminded once, at half time. */
  isReminded: boolean;
}

export interface TemplateStep {
  /** `step-<n>` (from 1) where the file gives none. */
  id: string;
  /** The action's id where the file gives none. */
  name: string;
  action: string;
  input: JsonObject;
  if?: JsonValue;
  each?: JsonValue;
  /** Tags of `backstage:permissions`: the step is left out for people who may not use them. */
  permissionTags?: string[];
}

export type StepStatus = "waiting" | "running" | "completed" | "skipped" | "failed" | "cancelled";

/** How one step stands; stored at each change, so that a resumed run continues after the last completed step. */
export interface StepState {
  id: string;
  name: string;
  action: string;
  status: StepStatus;
  startedAtMs?: number;
  endedAtMs?: number;
  output?: JsonObject;
  /** True when the output held secrets, of which only masks are kept. */
  isMasked?: boolean;
  error?: StepError;
}

/** Why a step failed, in words a person can act on. */
export interface StepError {
  code: string;
  message: string;
  hint?: string;
}

/** A rendered `spec.output`. Links whose `if` was false are gone. */
export interface RunOutput {
  links: { title: string; url?: string; entityRef?: string; icon?: string }[];
  text: { title?: string; content: string; icon?: string }[];
  /** Everything else the template put out. */
  values: JsonObject;
}
