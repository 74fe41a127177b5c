import { z } from "zod";

import { isRecord, type JsonObject, type JsonValue } from "../../base/json.ts";
import { defineAction } from "../action.ts";
import type { PublishContext } from "../publishers/contract.ts";
import { githubInput, githubWork, type GithubWork } from "./github-needed.ts";
import { publishContext } from "./publish-context.ts";

const noteKey = "github.newestRunBefore";

interface Dispatch {
  workflowId: string;
  branch: string;
  inputs: Record<string, string>;
  wantsDetails: boolean;
}

/** Starts a workflow. A repeat after a crash looks for the run it may have started before it starts another. */
export const githubActionsDispatch = defineAction({
  id: "github:actions:dispatch",
  description: "Starts a GitHub Actions workflow of a repository.",
  input: z.object({
    ...githubInput,
    workflowId: z.union([z.string().min(1), z.number()]).transform(String),
    branchOrTagName: z.string(),
    workflowInputs: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
      .refine((inputs) => Object.keys(inputs).length <= 25, "GitHub takes at most 25 inputs")
      .optional(),
    returnWorkflowRunDetails: z.boolean().optional(),
  }),
  supportsDryRun: false,
  async run(input, context) {
    const work = githubWork("github:actions:dispatch", input, context);
    const dispatch = {
      workflowId: input.workflowId,
      branch: input.branchOrTagName,
      inputs: input.workflowInputs ?? {},
      wantsDetails: input.returnWorkflowRunDetails === true,
    };
    const publishing = publishContext(context);
    const started =
      (await findStarted(work, dispatch, publishing)) ?? (await start(work, dispatch, publishing));
    return dispatch.wantsDetails ? started : {};
  },
});

async function start(
  { github, target }: GithubWork,
  dispatch: Dispatch,
  context: PublishContext,
): Promise<JsonObject> {
  const answer = await github.call(
    target,
    {
      route: "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
      parameters: {
        workflow_id: dispatch.workflowId,
        ref: dispatch.branch,
        inputs: dispatch.inputs,
        ...(dispatch.wantsDetails ? { return_run_details: true } : {}),
      },
      doing: `starting the workflow ${dispatch.workflowId}`,
    },
    context,
  );
  if (!isRecord(answer)) return {};
  return details(answer["workflow_run_id"], answer["run_url"], answer["html_url"]);
}

/** A run of the wanted workflow on the wanted branch. */
interface WorkflowRun {
  id: number;
  url: unknown;
  page: unknown;
}

/**
 * Notes the newest run before anything is started; in a repeat, gives the newer one that the earlier attempt started,
 * if it did. GitHub's run ids only grow.
 */
async function findStarted(
  work: GithubWork,
  dispatch: Dispatch,
  context: PublishContext,
): Promise<JsonObject | undefined> {
  const noted = await context.notes.get(noteKey);
  const runs = await listRuns(work, dispatch, context);
  if (noted === undefined) {
    const newest = Math.max(0, ...runs.map(({ id }) => id));
    await context.notes.set(noteKey, String(newest));
    return undefined;
  }
  const run = runs.find(({ id }) => id > Number(noted));
  return run === undefined ? undefined : details(run.id, run.url, run.page);
}

async function listRuns(
  { github, target }: GithubWork,
  dispatch: Dispatch,
  context: PublishContext,
): Promise<WorkflowRun[]> {
  const answer = await github.call(
    target,
    {
      route: "GET /repos/{owner}/{repo}/actions/runs",
      parameters: { event: "workflow_dispatch", branch: dispatch.branch, per_page: 100 },
      doing: `looking at the runs of ${dispatch.workflowId}`,
    },
    context,
  );
  const runs = isRecord(answer) ? answer["workflow_runs"] : undefined;
  return (Array.isArray(runs) ? runs : []).flatMap((run) => runOf(run, dispatch.workflowId));
}

function runOf(run: JsonValue, workflowId: string): WorkflowRun[] {
  if (!isRecord(run) || typeof run["id"] !== "number") return [];
  const { id, url, html_url: page, workflow_id: workflow, path } = run;
  const isWanted =
    workflow === Number(workflowId) ||
    (typeof path === "string" && path.endsWith(`/${workflowId}`));
  return isWanted ? [{ id, url, page }] : [];
}

function details(id: unknown, url: unknown, page: unknown): JsonObject {
  return {
    ...(typeof id === "number" ? { workflowRunId: id } : {}),
    ...(typeof url === "string" ? { workflowRunUrl: url } : {}),
    ...(typeof page === "string" ? { workflowRunHtmlUrl: page } : {}),
  };
}
