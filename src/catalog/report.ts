import { type Diagnostic, formatDiagnostic } from "../base/diagnostics.ts";

/** What checking files gave. */
export interface CheckReport {
  /** Files that hold entities, or faults. */
  files: number;
  /** Documents that are meant as entities, sound or not. */
  entities: number;
  diagnostics: Diagnostic[];
}

/** For people and editors, for scripts, for annotations in GitHub Actions, for code scanning. */
export type ReportFormat = "text" | "json" | "github" | "sarif";

/** All formats, for help texts and checks of options. */
export const reportFormats: readonly ReportFormat[] = ["text", "json", "github", "sarif"];

/** Renders a report; the text ends with a line break. */
export function renderReport(report: CheckReport, format: ReportFormat, version = "0"): string {
  return renderers[format](report, version);
}

const renderers: Record<ReportFormat, (report: CheckReport, version: string) => string> = {
  text: renderText,
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  github: renderGitHub,
  sarif: (report, version) => `${JSON.stringify(sarifLog(report, version), undefined, 2)}\n`,
};

function renderText(report: CheckReport): string {
  const lines = report.diagnostics.map(formatDiagnostic);
  return `${[...lines, summary(report)].join("\n")}\n`;
}

/** `2 errors, 1 warning in 22 files with 174 entities`. */
export function summary({ files, entities, diagnostics }: CheckReport): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const counts = [count(errors, "error"), count(diagnostics.length - errors, "warning")].join(", ");
  const noun = entities === 1 ? "entity" : "entities";
  return `${counts} in ${count(files, "file")} with ${entities} ${noun}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * Workflow commands, which GitHub shows beside the lines of a pull request.
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
function renderGitHub(report: CheckReport): string {
  const lines = report.diagnostics.map(({ file, line, column, severity, code, message, fix }) => {
    const text = fix === undefined ? message : `${message} (${fix})`;
    const place = `file=${property(file)},line=${line},col=${column},title=${property(code)}`;
    return `::${severity} ${place}::${data(text)}`;
  });
  return `${[...lines, summary(report)].join("\n")}\n`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
function sarifLog({ diagnostics }: CheckReport, version: string) {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].toSorted();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "callboard", version, rules: codes.map((id) => ({ id })) } },
        columnKind: "utf16CodeUnits",
        results: diagnostics.map(({ file, line, column, severity, code, message, fix }) => ({
          ruleId: code,
          level: severity,
          message: { text: fix === undefined ? message : `${message} (${fix})` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(file) },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  };
}

/** A path as a relative URI; an address is one already. */
function uriOf(file: string): string {
  if (/^https?:/i.test(file)) return file;
  return encodeURI(file).replaceAll("#", "%23").replaceAll("?", "%3F");
}
