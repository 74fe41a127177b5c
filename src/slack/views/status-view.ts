import type { SourceStatus } from "../../usecases/catalog/catalog-board.ts";
import { describeAccepted, describeSource } from "../../usecases/catalog/describe-source.ts";
import type { CatalogStatus } from "../../usecases/services.ts";
import { actionIds } from "../action-ids.ts";
import {
  button,
  context,
  fields,
  fitsValue,
  message,
  type MessageContent,
  section,
} from "./blocks.ts";
import { ago, literal, mrk } from "./text.ts";

/** More sources than a company has; the rest is counted. */
const shownSources = 20;

/** How the catalog is, how each of its sources stands, and what to do about it. */
export function renderStatus(status: CatalogStatus, nowMs: number): MessageContent {
  const { errors, warnings, sources = [] } = status;
  const findings = `${errors} ${errors === 1 ? "error" : "errors"}, ${warnings} ${warnings === 1 ? "warning" : "warnings"}`;
  const hint =
    errors + warnings === 0
      ? "Every file was read without a finding."
      : "`callboard check` in a terminal lists each with file and line; `/callboard check <repository, file or name>` those of one.";
  const described = sources.map((source) => describeSource(source, nowMs));
  const lines = described.flatMap(({ headline, problems }) => [headline, ...problems]);
  const left = sources.length - shownSources;
  return message(
    [
      `${status.entities} entities, ${status.documents} documents, ${status.templates} templates; ${findings}; read ${ago(status.readAtMs, nowMs)}. ${hint}`,
      ...lines,
    ].join("\n"),
    [
      section(mrk`*Catalog*  ${findings}`),
      fields([
        ["Entities", mrk`${status.entities}`],
        ["Documents", mrk`${status.documents}`],
        ["Templates", mrk`${status.templates}`],
        ["Read", mrk`${ago(status.readAtMs, nowMs)}`],
      ]),
      ...sources.slice(0, shownSources).map((source, at) => sourceSection(source, at, nowMs)),
      left > 0 ? context([mrk`and ${left} more ${left === 1 ? "source" : "sources"}`]) : undefined,
      context([{ mrkdwn: hint }]),
    ],
    1,
  );
}

function sourceSection(source: SourceStatus, at: number, nowMs: number) {
  const { headline, problems } = describeSource(source, nowMs);
  const sign = problems.length === 0 ? "✅" : "⚠️";
  const text = mrk`${sign} ${headline}${literal(problems.map((line) => `\n${line}`).join(""), 2000)}`;
  const canAccept = source.heldBack !== undefined && fitsValue(source.id);
  return section(
    text,
    canAccept
      ? button({
          actionId: `${actionIds.acceptSource}/${at}`,
          label: "Accept",
          value: source.id,
          description: `Accept the last reading of ${source.id} without what is missing from it`,
        })
      : undefined,
  );
}

/** What was let through. */
export function renderAccepted(sources: readonly SourceStatus[]): MessageContent {
  const lines = sources.map(describeAccepted);
  return message(lines.join("\n"), [
    section(literal(`✅ ${lines.join("\n✅ ")}`, 2900)),
    context([mrk`Answers follow within seconds.`]),
  ]);
}
