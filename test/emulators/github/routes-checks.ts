import { invalid, ok, problem } from "./replies.ts";
import { type Call, type Handler, param, record, records, text } from "./router.ts";
import { repositoryOf } from "./routes-repositories.ts";
import { nodeId, repositoryUrl } from "./shapes.ts";
import type { CheckRun, Repository } from "./world.ts";

/** Check runs, which only a GitHub App may make. */
export const checkRoutes: Record<string, Handler> = {
  "POST /repos/{owner}/{repo}/check-runs": async (call) => {
    const repository = repositoryOf(call);
    if (call.actor.kind !== "installation") {
      return problem(403, "You must authenticate via a GitHub App.");
    }
    const headSha = text(call.body, "head_sha") ?? "";
    if ((await repository.git.readCommit(headSha)) === undefined) {
      throw invalid(`No commit found for SHA: ${headSha}`);
    }
    const run: CheckRun = {
      id: call.world.nextId(),
      name: text(call.body, "name") ?? "",
      headSha,
      conclusion: text(call.body, "conclusion") ?? null,
      title: null,
      annotations: [],
    };
    take(call, run);
    repository.checkRuns.push(run);
    return ok(shape(call, repository, run), 201);
  },
  "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}": (call) => {
    const repository = repositoryOf(call);
    const run = repository.checkRuns.find(({ id }) => id === Number(param(call, "check_run_id")));
    if (run === undefined) return problem(404, "Not Found");
    take(call, run);
    return ok(shape(call, repository, run));
  },
};

function take({ body }: Call, run: CheckRun): void {
  const output = record(body["output"]);
  const annotations = records(output["annotations"]);
  if (annotations.length > 50) throw invalid("at most 50 annotations");
  run.title = text(output, "title") ?? run.title;
  run.annotations.push(...annotations);
}

function shape(call: Call, repository: Repository, run: CheckRun): Record<string, unknown> {
  const url = `${repositoryUrl(call.world, repository)}/check-runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId("CheckRun", run.id),
    head_sha: run.headSha,
    name: run.name,
    url,
    html_url: `${call.world.webUrl}/runs/${run.id}`,
    details_url: null,
    external_id: null,
    status: "completed",
    conclusion: run.conclusion,
    started_at: call.world.now(),
    completed_at: call.world.now(),
    check_suite: null,
    app: null,
    pull_requests: [],
    output: {
      title: run.title,
      summary: null,
      text: null,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
  };
}
