import type { Diagnostic } from "../../base/diagnostics.ts";
import type { Catalog, CatalogEntity } from "../../catalog/model.ts";
import type { WellKnown } from "../../catalog/well-known.ts";

/** A commit whose catalog files have something wrong. */
export interface CommitFindings {
  /** The repository's page. */
  repositoryUrl: string;
  /** `acme/pay` */
  repository: string;
  headOid: string;
  author: CommitAuthor;
  findings: readonly Diagnostic[];
}

export interface CommitAuthor {
  name: string;
  email: string;
  /** On GitHub. */
  login?: string;
}

/** Whom to write to in Slack: an id, or an address to look up. */
export interface Recipient {
  slackUserId?: string;
  email?: string;
}

/** A finding beside its line, as GitHub takes it. */
interface Annotation {
  path: string;
  start_line: number;
  end_line: number;
  annotation_level: "failure" | "warning";
  title: string;
  message: string;
}

interface CheckOutput {
  title: string;
  summary: string;
  annotations: Annotation[];
}

/** What makes a check run, and what is added to it. */
interface CheckRun {
  first: {
    name: string;
    head_sha: string;
    status: "completed";
    conclusion: "failure" | "neutral";
    output: CheckOutput;
  };
  more: { output: CheckOutput }[];
}

/** GitHub takes so many in one request. */
const annotationsPerRequest = 50;

/**
 * What a check run says: its first fifty findings beside their lines, the rest in further parts.
 * @see https://docs.github.com/en/rest/checks/runs
 */
export function checkRunParts({ headOid, findings, repositoryUrl }: CommitFindings): CheckRun {
  const annotations = findings.flatMap((finding) => annotationOf(finding, repositoryUrl, headOid));
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  const counts = [counted(errors, "error"), counted(warnings, "warning")];
  const title = counts.filter((text) => text !== "").join(", ");
  const summary =
    errors > 0
      ? "The catalog keeps what it knew before until the errors are mended."
      : "The catalog takes the files; the warnings are worth a look.";
  const output = (start: number): CheckOutput => ({
    title,
    summary,
    annotations: annotations.slice(start, start + annotationsPerRequest),
  });
  const more: CheckRun["more"] = [];
  for (let at = annotationsPerRequest; at < annotations.length; at += annotationsPerRequest) {
    more.push({ output: output(at) });
  }
  return {
    first: {
      name: "Callboard catalog",
      head_sha: headOid,
      status: "completed",
      conclusion: errors > 0 ? "failure" : "neutral",
      output: output(0),
    },
    more,
  };
}

function counted(count: number, noun: string): string {
  return count === 0 ? "" : `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A finding elsewhere than in the repository has no line to stand beside. */
function annotationOf(
  { file, line, severity, message, fix, code }: Diagnostic,
  repositoryUrl: string,
  headOid: string,
): Annotation[] {
  const path = pathIn(file, repositoryUrl, headOid);
  if (path === undefined) return [];
  const text = fix === undefined ? message : `${message} (${fix})`;
  return [
    {
      path,
      start_line: line,
      end_line: line,
      annotation_level: severity === "error" ? "failure" : "warning",
      title: code,
      message: text,
    },
  ];
}

/** The path of a file that was read from a commit. */
export function pathIn(file: string, repositoryUrl: string, headOid: string): string | undefined {
  const prefix = `${repositoryUrl}/blob/${headOid}/`;
  return file.startsWith(prefix) ? decodeURIComponent(file.slice(prefix.length)) : undefined;
}

/** Who to tell about a commit: the author's User in the catalog, else the commit's address; undefined for bots and unknown people. */
export function recipientOf(
  { email, login, name }: CommitAuthor,
  catalog: Catalog,
  wellKnown: WellKnown,
): Recipient | undefined {
  if ((login ?? name).endsWith("[bot]")) return undefined;
  const user = userOf(login, catalog);
  const slackUserId = user === undefined ? undefined : wellKnown.slackUserId(user)?.id;
  if (slackUserId !== undefined) return { slackUserId };
  const known = user === undefined ? undefined : wellKnown.email(user)?.address;
  const address = known ?? email;
  // GitHub's own stand-in for an address that somebody hides
  const isReal = address.includes("@") && !address.endsWith("noreply.github.com");
  return isReal ? { email: address } : undefined;
}

function userOf(login: string | undefined, { entities }: Catalog): CatalogEntity | undefined {
  if (login === undefined) return undefined;
  const wanted = login.toLowerCase();
  for (const entity of entities.values()) {
    if (entity.entity.kind !== "User") continue;
    const known = entity.entity.metadata.annotations?.["github.com/user-login"];
    if (typeof known === "string" && known.toLowerCase() === wanted) return entity;
  }
  return entities.get(`user:default/${wanted}`);
}
