import type { CatalogStatus } from "../../usecases/services.ts";
import { context, fields, message, type MessageContent, section } from "./blocks.ts";
import { ago, mrk } from "./text.ts";

/** How the catalog is, and what to do about findings. */
export function renderStatus(status: CatalogStatus, nowMs: number): MessageContent {
  const { errors, warnings } = status;
  const findings = `${errors} ${errors === 1 ? "error" : "errors"}, ${warnings} ${warnings === 1 ? "warning" : "warnings"}`;
  const hint =
    errors + warnings === 0
      ? "Every file was read without a finding."
      : "`callboard check` in a terminal lists each with file and line.";
  return message(
    `${status.entities} entities, ${status.documents} documents, ${status.templates} templates; ${findings}; read ${ago(status.readAtMs, nowMs)}. ${hint}`,
    [
      section(mrk`*Catalog*  ${findings}`),
      fields([
        ["Entities", mrk`${status.entities}`],
        ["Documents", mrk`${status.documents}`],
        ["Templates", mrk`${status.templates}`],
        ["Read", mrk`${ago(status.readAtMs, nowMs)}`],
      ]),
      context([{ mrkdwn: hint }]),
    ],
  );
}
