import { type Diagnostic, formatDiagnostic } from "../../base/diagnostics.ts";
import { type CheckReport, summary } from "../../catalog/report.ts";
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

/** So many findings of a check are shown. */
const shownOfCheck = 15;

/** What is wrong with what somebody named, errors first; or that nothing is. */
export function renderReport(target: string, report: CheckReport): MessageContent {
  const bySeverity = report.diagnostics.toSorted((a, b) => rankOf(a) - rankOf(b));
  const shown = bySeverity.slice(0, shownOfCheck);
  const left = bySeverity.length - shown.length;
  const more = left > 0 ? [`… and ${left} more`] : [];
  const sign = bySeverity.length === 0 ? "✅" : "⚠️";
  const list = joinWithin(
    shown.map(reportLine),
    "\n",
    maxCharacters,
    (cut) => mrk`… and ${cut} more`,
  );
  return message(
    [`${target}: ${summary(report)}`, ...shown.map(formatDiagnostic), ...more].join("\n"),
    [
      section(mrk`${sign} *${target}*  ${summary(report)}`),
      shown.length === 0 ? undefined : section(list),
      left > 0
        ? context([mrk`… and ${left} more; \`callboard check\` in a terminal lists them all`])
        : undefined,
    ],
  );
}

function rankOf({ severity }: Diagnostic): number {
  return severity === "error" ? 0 : 1;
}

function reportLine(finding: Diagnostic): Mrkdwn {
  const { file, line, severity, message: what, fix, code } = finding;
  const isUrl = /^https?:/i.test(file);
  const place = isUrl
    ? link(`${file}#L${line}`, `${shortPath(file)}:${line}`)
    : mrk`${file}:${line}`;
  const next = fix === undefined ? mrk`` : mrk`\n    → ${fix}`;
  return mrk`• ${severity}: ${place} ${what} \`${code}\`${next}`;
}

/** `pay/catalog-info.yaml` of the address of a file on a code host. */
function shortPath(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  return path.replace(/^.*?\/blob\/[^/]+\//, "");
}
