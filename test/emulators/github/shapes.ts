import type { StoredCommit } from "./git-store.ts";
import {
  type Account,
  fullName,
  type Issue,
  type Pull,
  type Repository,
  type Team,
  type World,
} from "./world.ts";

/** JSON as GitHub answers it; `openapi.ts` checks each answer against GitHub's own description. */
type Json = Record<string, unknown>;

export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString("base64");
}

/** Many of GitHub's objects are mostly addresses below their own. */
function addresses(base: string, names: Record<string, string>): Json {
  return Object.fromEntries(Object.entries(names).map(([key, tail]) => [key, `${base}${tail}`]));
}

export function userShape(world: World, account: Account): Json {
  const url = `${world.apiUrl}/users/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId("User", account.id),
    avatar_url: `${world.webUrl}/avatars/${account.id}`,
    gravatar_id: "",
    html_url: `${world.webUrl}/${account.login}`,
    type: account.type,
    site_admin: false,
    url,
    ...addresses(url, {
      events_url: "/events{/privacy}",
      followers_url: "/followers",
      following_url: "/following{/other_user}",
      gists_url: "/gists{/gist_id}",
      organizations_url: "/orgs",
      received_events_url: "/received_events",
      repos_url: "/repos",
      starred_url: "/starred{/owner}{/repo}",
      subscriptions_url: "/subscriptions",
    }),
  };
}

export function publicUserShape(world: World, account: Account): Json {
  return {
    ...userShape(world, account),
    bio: null,
    blog: "",
    company: null,
    email: null,
    followers: 0,
    following: 0,
    hireable: null,
    location: null,
    name: account.login,
    public_gists: 0,
    public_repos: 0,
    created_at: "2020-01-01T00:00:00Z",
    updated_at: "2020-01-01T00:00:00Z",
    user_view_type: "public",
  };
}

export function organisationShape(world: World, account: Account): Json {
  const url = `${world.apiUrl}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId("Organization", account.id),
    url,
    ...addresses(url, {
      repos_url: "/repos",
      events_url: "/events",
      hooks_url: "/hooks",
      issues_url: "/issues",
      members_url: "/members{/member}",
      public_members_url: "/public_members{/member}",
    }),
    avatar_url: `${world.webUrl}/avatars/${account.id}`,
    description: null,
    html_url: `${world.webUrl}/${account.login}`,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    type: "Organization",
    created_at: "2020-01-01T00:00:00Z",
    updated_at: "2020-01-01T00:00:00Z",
    archived_at: null,
  };
}

export function teamShape(world: World, team: Team): Json {
  const url = `${world.apiUrl}/organizations/${team.org.id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: nodeId("Team", team.id),
    name: team.slug,
    slug: team.slug,
    description: null,
    permission: "pull",
    privacy: "closed",
    url,
    html_url: `${world.webUrl}/orgs/${team.org.login}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: "organization",
    parent: null,
  };
}

export function teamFullShape(world: World, team: Team): Json {
  return {
    ...teamShape(world, team),
    created_at: "2020-01-01T00:00:00Z",
    updated_at: "2020-01-01T00:00:00Z",
    members_count: 0,
    repos_count: 0,
    organization: { ...organisationShape(world, team.org), public_repos: 0, public_gists: 0 },
  };
}

const repositoryAddresses = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
};

const defaultFlags = {
  has_issues: true,
  has_projects: true,
  has_wiki: true,
  has_downloads: true,
  has_discussions: false,
  allow_squash_merge: true,
  allow_merge_commit: true,
  allow_rebase_merge: true,
  allow_auto_merge: false,
  allow_update_branch: false,
  delete_branch_on_merge: false,
};

/** The settings of a repository that a request may change. */
export const flagNames = [
  ...Object.keys(defaultFlags),
  "squash_merge_commit_title",
  "squash_merge_commit_message",
  "merge_commit_title",
  "merge_commit_message",
  "is_template",
];

export function repositoryUrl(world: World, repository: Repository): string {
  return `${world.apiUrl}/repos/${fullName(repository)}`;
}

export function repositoryShape(world: World, repository: Repository): Json {
  const url = repositoryUrl(world, repository);
  const html = `${world.webUrl}/${fullName(repository)}`;
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: fullName(repository),
    owner: userShape(world, repository.owner),
    private: repository.visibility !== "public",
    visibility: repository.visibility,
    html_url: html,
    description: repository.description,
    homepage: repository.homepage,
    fork: false,
    url,
    ...addresses(url, repositoryAddresses),
    clone_url: `${html}.git`,
    git_url: `${html.replace(/^https?/, "git")}.git`,
    ssh_url: `git@github.com:${fullName(repository)}.git`,
    svn_url: html,
    default_branch: repository.defaultBranch,
    ...defaultFlags,
    ...repository.flags,
    has_pages: repository.pages !== undefined,
    topics: repository.topics,
    forks: 0,
    forks_count: 0,
    language: null,
    archived: repository.flags["archived"] ?? false,
    disabled: false,
    mirror_url: null,
    open_issues: repository.issues.length,
    open_issues_count: repository.issues.length,
    license: null,
    pushed_at: repository.pushedAt ?? repository.createdAt,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    size: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    network_count: 0,
    subscribers_count: 0,
  };
}

export function commitShape(world: World, repository: Repository, commit: StoredCommit): Json {
  const base = `${repositoryUrl(world, repository)}/git`;
  const html = `${world.webUrl}/${fullName(repository)}/commit`;
  return {
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    url: `${base}/commits/${commit.sha}`,
    html_url: `${html}/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    tree: { sha: commit.tree, url: `${base}/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${base}/commits/${sha}`,
      html_url: `${html}/${sha}`,
    })),
    verification: {
      verified: false,
      reason: "unsigned",
      signature: null,
      payload: null,
      verified_at: null,
    },
  };
}

/** A commit as the endpoints outside `/git/` show it. */
export function commitViewShape(world: World, repository: Repository, commit: StoredCommit): Json {
  const { author, committer, message, tree, verification } = commitShape(world, repository, commit);
  const url = `${repositoryUrl(world, repository)}/commits/${commit.sha}`;
  return {
    url,
    sha: commit.sha,
    node_id: nodeId("Commit", commit.sha),
    html_url: `${world.webUrl}/${fullName(repository)}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    commit: { url, author, committer, message, tree, verification, comment_count: 0 },
    author: null,
    committer: null,
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/${sha}` })),
  };
}

export function refShape(world: World, repository: Repository, ref: string, sha: string): Json {
  const base = `${repositoryUrl(world, repository)}/git`;
  return {
    ref,
    node_id: nodeId("Ref", `${repository.id}:${ref}`),
    url: `${base}/${encodeURI(ref)}`,
    object: { sha, type: "commit", url: `${base}/commits/${sha}` },
  };
}

function labelShape(world: World, repository: Repository, name: string): Json {
  const known = repository.labels.find((label) => label.name === name);
  return {
    id: 1,
    node_id: nodeId("Label", name),
    url: `${repositoryUrl(world, repository)}/labels/${encodeURIComponent(name)}`,
    name,
    description: null,
    color: known?.color ?? "ededed",
    default: false,
  };
}

export function labelShapes(world: World, repository: Repository, names: string[]): Json[] {
  return names.map((name) => labelShape(world, repository, name));
}

export function issueShape(world: World, repository: Repository, issue: Issue): Json {
  const url = `${repositoryUrl(world, repository)}/issues/${issue.number}`;
  return {
    id: issue.id,
    node_id: nodeId("Issue", issue.id),
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state ?? "open",
    locked: false,
    user: userShape(world, issue.author),
    labels: labelShapes(world, repository, issue.labels),
    assignee: null,
    assignees: issue.assignees.map((login) => stranger(world, login)),
    milestone: null,
    comments: 0,
    closed_at: null,
    created_at: issue.createdAt,
    updated_at: issue.createdAt,
    url,
    repository_url: repositoryUrl(world, repository),
    html_url: `${world.webUrl}/${fullName(repository)}/issues/${issue.number}`,
    ...addresses(url, {
      comments_url: "/comments",
      events_url: "/events",
      labels_url: "/labels{/name}",
    }),
  };
}

/** A user by login, known to the emulation or not. */
function stranger(world: World, login: string): Json {
  const account = world.accounts.get(login.toLowerCase());
  return userShape(world, account ?? { id: 1, login, type: "User" });
}

export function pullShape(
  world: World,
  repository: Repository,
  pull: Pull,
  shas: { head: string; base: string },
): Json {
  const api = repositoryUrl(world, repository);
  const url = `${api}/pulls/${pull.number}`;
  const issueUrl = `${api}/issues/${pull.number}`;
  const html = `${world.webUrl}/${fullName(repository)}/pull/${pull.number}`;
  const side = (ref: string, sha: string): Json => ({
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: userShape(world, repository.owner),
    repo: repositoryShape(world, repository),
  });
  const links = {
    self: url,
    html,
    issue: issueUrl,
    comments: `${issueUrl}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${api}/statuses/${shas.head}`,
  };
  return {
    id: pull.id,
    node_id: nodeId("PullRequest", pull.id),
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    draft: pull.isDraft,
    locked: false,
    url,
    html_url: html,
    issue_url: issueUrl,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    comments_url: links.comments,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    statuses_url: links.statuses,
    user: userShape(world, pull.author),
    author_association: "MEMBER",
    auto_merge: null,
    assignee: null,
    assignees: pull.assignees.map((login) => stranger(world, login)),
    requested_reviewers: pull.reviewers.map((login) => stranger(world, login)),
    requested_teams: [],
    labels: pull.labels.map((name) => labelShape(world, repository, name)),
    milestone: null,
    head: side(pull.head, shas.head),
    base: side(pull.base, shas.base),
    _links: Object.fromEntries(Object.entries(links).map(([key, href]) => [key, { href }])),
    created_at: pull.createdAt,
    updated_at: pull.createdAt,
    closed_at: null,
    merged_at: pull.mergedAt ?? null,
    merge_commit_sha: null,
    additions: 0,
    deletions: 0,
    changed_files: 0,
    comments: 0,
    commits: 1,
    review_comments: 0,
    maintainer_can_modify: false,
    mergeable: null,
    mergeable_state: "unknown",
    merged: pull.mergedAt !== undefined,
    merged_by: null,
  };
}

export function runShape(
  world: World,
  repository: Repository,
  run: Repository["dispatches"][number],
): Json {
  const url = `${repositoryUrl(world, repository)}/actions/runs/${run.runId}`;
  return {
    id: run.runId,
    node_id: nodeId("WorkflowRun", run.runId),
    name: run.workflow,
    path: `.github/workflows/${run.workflow}`,
    display_title: run.workflow,
    run_number: 1,
    event: "workflow_dispatch",
    status: "queued",
    conclusion: null,
    workflow_id: 1,
    head_branch: run.ref,
    head_sha: "0".repeat(40),
    head_commit: null,
    head_repository: repositoryShape(world, repository),
    repository: repositoryShape(world, repository),
    pull_requests: [],
    url,
    html_url: `${world.webUrl}/${fullName(repository)}/actions/runs/${run.runId}`,
    workflow_url: `${repositoryUrl(world, repository)}/actions/workflows/1`,
    ...addresses(url, {
      jobs_url: "/jobs",
      logs_url: "/logs",
      check_suite_url: "/check-suite",
      artifacts_url: "/artifacts",
      cancel_url: "/cancel",
      rerun_url: "/rerun",
    }),
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
  };
}
