import { type Fault, invalid, notFound, ok, problem, type Reply } from "./replies.ts";
import { type Call, type Handler, list, param, text } from "./router.ts";
import { repositoryOf } from "./routes-repositories.ts";
import { issueShape, labelShapes, pullShape, repositoryUrl, runShape } from "./shapes.ts";
import { type Account, fullName, type Issue, type Pull, type Repository } from "./world.ts";

/** Pull requests, issues, labels and workflow dispatches. */
export const workRoutes: Record<string, Handler> = {
  "GET /repos/{owner}/{repo}/pulls": async (call) => {
    const repository = repositoryOf(call);
    const head = call.query.get("head");
    const state = call.query.get("state") ?? "open";
    const found = repository.pulls.filter(
      (pull) =>
        (head === null || head === `${repository.owner.login}:${pull.head}`) &&
        (state === "all" || state === pull.state),
    );
    return ok(await Promise.all(found.map((pull) => shapeOf(call, repository, pull))));
  },
  "POST /repos/{owner}/{repo}/pulls": openPull,
  "GET /repos/{owner}/{repo}/pulls/{pull_number}": async (call) => {
    const repository = repositoryOf(call);
    return ok(await shapeOf(call, repository, pullOf(call, repository)));
  },
  "PATCH /repos/{owner}/{repo}/pulls/{pull_number}": async (call) => {
    const repository = repositoryOf(call);
    const pull = pullOf(call, repository);
    pull.title = text(call.body, "title") ?? pull.title;
    pull.body = text(call.body, "body") ?? pull.body;
    if (call.body["state"] === "closed") pull.state = "closed";
    return ok(await shapeOf(call, repository, pull));
  },
  "POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers": async (call) => {
    const repository = repositoryOf(call);
    const pull = pullOf(call, repository);
    const reviewers = list(call.body, "reviewers");
    const stranger = reviewers.find((login) => !call.world.accounts.has(login.toLowerCase()));
    if (stranger !== undefined)
      throw invalid(
        "Reviews may only be requested from collaborators. One or more of the users is not a collaborator.",
      );
    pull.reviewers = [...new Set([...pull.reviewers, ...reviewers])];
    pull.teamReviewers = [
      ...new Set([...pull.teamReviewers, ...list(call.body, "team_reviewers")]),
    ];
    return ok(await shapeOf(call, repository, pull), 201);
  },
  "GET /repos/{owner}/{repo}/issues": (call) => {
    const repository = repositoryOf(call);
    return ok(
      repository.issues.toReversed().map((issue) => issueShape(call.world, repository, issue)),
    );
  },
  "POST /repos/{owner}/{repo}/issues": (call) => {
    const repository = repositoryOf(call);
    if (repository.flags["has_issues"] === false)
      return problem(410, "Issues are disabled for this repo");
    const issue = {
      id: call.world.nextId(),
      number: nextNumber(repository),
      title: text(call.body, "title") ?? "",
      body: text(call.body, "body") ?? null,
      labels: list(call.body, "labels"),
      assignees: list(call.body, "assignees"),
      milestone: call.body["milestone"],
      author: authorOf(call),
      createdAt: call.world.now(),
    };
    repository.issues.push(issue);
    return ok(issueShape(call.world, repository, issue), 201);
  },
  "GET /repos/{owner}/{repo}/issues/{issue_number}": (call) => {
    const repository = repositoryOf(call);
    return ok(issueShape(call.world, repository, issueOf(call, repository)));
  },
  "PATCH /repos/{owner}/{repo}/issues/{issue_number}": (call) => {
    const repository = repositoryOf(call);
    const issue = issueOf(call, repository);
    if (call.body["state"] === "closed") issue.state = "closed";
    return ok(issueShape(call.world, repository, issue));
  },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/labels": (call) => {
    const repository = repositoryOf(call);
    const number = Number(param(call, "issue_number"));
    const target =
      repository.issues.find((issue) => issue.number === number) ??
      repository.pulls.find((pull) => pull.number === number);
    if (target === undefined) throw notFound();
    target.labels = [...new Set([...target.labels, ...list(call.body, "labels")])];
    return ok(labelShapes(call.world, repository, target.labels));
  },
  "POST /repos/{owner}/{repo}/issues/{issue_number}/assignees": (call) => {
    const repository = repositoryOf(call);
    const number = Number(param(call, "issue_number"));
    const pull = repository.pulls.find((candidate) => candidate.number === number);
    const issue = repository.issues.find((candidate) => candidate.number === number);
    const target = issue ?? pull;
    if (target === undefined) throw notFound();
    const assignees = list(call.body, "assignees");
    target.assignees = [...new Set([...target.assignees, ...assignees])];
    const view = issue ?? { ...target, milestone: undefined };
    return ok(issueShape(call.world, repository, view), 201);
  },
  "POST /repos/{owner}/{repo}/labels": (call) => {
    const repository = repositoryOf(call);
    const name = text(call.body, "name") ?? "";
    if (repository.labels.some((label) => label.name === name))
      throw invalid("Validation Failed", [
        { resource: "Label", code: "already_exists", field: "name" },
      ]);
    repository.labels.push({ name, color: text(call.body, "color") ?? "ededed" });
    return ok(labelShapes(call.world, repository, [name])[0], 201);
  },
  "GET /repos/{owner}/{repo}/actions/runs": (call) => {
    const repository = repositoryOf(call);
    const branch = call.query.get("branch");
    const runs = repository.dispatches.filter((one) => branch === null || one.ref === branch);
    return ok({
      total_count: runs.length,
      workflow_runs: runs.map((one) => runShape(call.world, repository, one)),
    });
  },
  "POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches": async (call) => {
    const repository = repositoryOf(call);
    const workflow = param(call, "workflow_id");
    const ref = text(call.body, "ref") ?? "";
    const sha = await repository.git.resolve(`refs/heads/${ref}`);
    if (sha === undefined) throw invalid(`No ref found for: ${ref}`);
    const files = await repository.git.readFiles(sha);
    if (files?.has(`.github/workflows/${workflow}`) !== true) throw notFound();
    const runId = call.world.nextId();
    repository.dispatches.push({ workflow, ref, inputs: call.body["inputs"], runId });
    if (call.body["return_run_details"] !== true) return { status: 204 };
    return ok({
      workflow_run_id: runId,
      run_url: `${repositoryUrl(call.world, repository)}/actions/runs/${runId}`,
      html_url: `${call.world.webUrl}/${fullName(repository)}/actions/runs/${runId}`,
    });
  },
};

function nextNumber(repository: Repository): number {
  return repository.issues.length + repository.pulls.length + 1;
}

function authorOf(call: Call): Account {
  return call.actor.kind === "app"
    ? { id: 1, login: "callboard[bot]", type: "User" }
    : call.actor.account;
}

function pullOf(call: Call, repository: Repository): Pull {
  const number = Number(param(call, "pull_number"));
  const pull = repository.pulls.find((candidate) => candidate.number === number);
  if (pull === undefined) throw notFound();
  return pull;
}

async function shapeOf(
  call: Call,
  repository: Repository,
  pull: Pull,
): Promise<Record<string, unknown>> {
  const head = (await repository.git.resolve(`refs/heads/${pull.head}`)) ?? "";
  const base = (await repository.git.resolve(`refs/heads/${pull.base}`)) ?? "";
  return pullShape(call.world, repository, pull, { head, base });
}

async function openPull(call: Call): Promise<Reply> {
  const repository = repositoryOf(call);
  const head = (text(call.body, "head") ?? "").replace(`${repository.owner.login}:`, "");
  const base = text(call.body, "base") ?? "";
  const headSha = await repository.git.resolve(`refs/heads/${head}`);
  const baseSha = await repository.git.resolve(`refs/heads/${base}`);
  if (headSha === undefined) throw badPull({ code: "invalid", field: "head" });
  if (baseSha === undefined) throw badPull({ code: "invalid", field: "base" });
  if (headSha === baseSha)
    throw badPull({ code: "custom", message: `No commits between ${base} and ${head}` });
  const open = repository.pulls.some(
    (pull) => pull.head === head && pull.base === base && pull.state === "open",
  );
  if (open)
    throw badPull({
      code: "custom",
      message: `A pull request already exists for ${repository.owner.login}:${head}.`,
    });
  const pull: Pull = {
    id: call.world.nextId(),
    number: nextNumber(repository),
    title: text(call.body, "title") ?? "",
    body: text(call.body, "body") ?? null,
    head,
    base,
    isDraft: call.body["draft"] === true,
    state: "open",
    author: authorOf(call),
    reviewers: [],
    teamReviewers: [],
    assignees: [],
    labels: [],
    createdAt: call.world.now(),
  };
  repository.pulls.push(pull);
  return ok(await shapeOf(call, repository, pull), 201);
}

function badPull(fault: Omit<Fault, "resource">): Error {
  return invalid("Validation Failed", [{ resource: "PullRequest", ...fault }]);
}

function issueOf(call: Call, repository: Repository): Issue {
  const number = Number(param(call, "issue_number"));
  const issue = repository.issues.find((candidate) => candidate.number === number);
  if (issue === undefined) throw notFound();
  return issue;
}
