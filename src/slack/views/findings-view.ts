import type { Diagnostic } from "../../base/diagnostics.ts";
import { type CommitFindings, pathIn } from "../../usecases/catalog/catalog-feedback.ts";
import { context, message, type MessageContent, section } from "./blocks.ts";
import { joinWithin, link, mrk, type Mrkdwn } from "./text.ts";

/** So many findings are shown; the rest is at GitHub. */
const shownFindings = 5;
const maxCharacters = 2_500;

/** What the author of a commit reads: what is wrong in which line, and where it can be mended. */
export function renderCommitFindings(found: CommitFindings): MessageContent {
  const { findings, headOid, repository, repositoryUrl } = found;
  const errors = findings.filter(({ severity }) => severity === "error");
  const count = errors.length === 1 ? "an error" : `${errors.length} errors`;
  const commit = `${repositoryUrl}/commit/${headOid}`;
  const text = `The catalog files that you pushed to ${repository} have ${count}`;
  const intro = mrk`The catalog files that you pushed to ${link(commit, repository)} have ${count}. Until that is mended, I answer with what they said before.`;
  const lines = errors.slice(0, shownFindings).map((each) => lineOf(each, found));
  const left = errors.length - lines.length;
  const list = joinWithin(lines, "\n", maxCharacters, (cut) => mrk`… and ${cut} more`);
  return message(text, [
    section(intro),
    section(list),
    left > 0 ? context([mrk`… and ${left} more, beside the lines of the commit`]) : undefined,
  ]);
}

function lineOf(finding: Diagnostic, { repositoryUrl, headOid }: CommitFindings): Mrkdwn {
  const { file, line, message: what, fix } = finding;
  const path = pathIn(file, repositoryUrl, headOid) ?? file;
  const place = link(`${file}#L${line}`, `${path}:${line}`);
  return fix === undefined ? mrk`• ${place} ${what}` : mrk`• ${place} ${what} (${fix})`;
}
