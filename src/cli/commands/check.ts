import { resolve } from "node:path";

import { createSources } from "../../app/catalog-sources.ts";
import { loadActions } from "../../app/load-actions.ts";
import { InputError } from "../../base/errors.ts";
import { silentLogger } from "../../base/logger.ts";
import type { Catalog, CatalogEntity } from "../../catalog/model.ts";
import { type ReportFormat, renderReport, reportFormats } from "../../catalog/report.ts";
import type { CatalogSource } from "../../catalog/sources/contract.ts";
import { createFileSource } from "../../catalog/sources/file.ts";
import type { Config } from "../../config/load.ts";
import { parseTemplate } from "../../scaffold/parse-template.ts";
import { approvalGroupFindings } from "../../usecases/approvals/unknown-groups.ts";
import { checkSources } from "../../usecases/catalog/check-files.ts";
import { type CliContext, hasOwnConfig, loadConfig } from "../context.ts";
import { version } from "../version.ts";

/** `callboard check`: 0 clean or only warnings, 1 with errors. Paths are read as the terminal's, the configured sources as the file's. */
export async function runCheck(
  context: CliContext,
  paths: readonly string[],
  options: { format: string; json?: boolean },
): Promise<number> {
  const format = formatOf(options);
  const config = loadConfig(context);
  const actions = await loadActions(config);
  const given = paths.map((path) => createFileSource({ path, baseDir: context.cwd }));
  const isAll = given.length === 0;
  const logger = silentLogger;
  const report = await checkSources(
    isAll ? createSources({ config, logger, clock: Date.now }).all : given,
    {
      signal: new AbortController().signal,
      nowMs: Date.now(),
      allow: config.file.catalog.allow,
      // the sample company is nobody's neighbour
      context:
        isAll || !hasOwnConfig(context)
          ? []
          : otherFiles(config, new Set(paths.map((path) => resolve(context.cwd, path)))),
      checkTemplate(entity: CatalogEntity, catalog: Catalog) {
        const { template, diagnostics } = parseTemplate(entity, { actions });
        return [...diagnostics, ...approvalGroupFindings(entity, template, catalog)];
      },
    },
  );
  context.stdout.write(renderReport(report, format, version()));
  return report.diagnostics.some((finding) => finding.severity === "error") ? 1 : 0;
}

/** The rest of the company, as far as it lies on this machine: so that its owners and systems are known. */
function otherFiles({ file, baseDir }: Config, named: ReadonlySet<string>): CatalogSource[] {
  return file.catalog.sources.flatMap((source) => {
    const isOther = source.type === "file" && !named.has(resolve(baseDir, source.path));
    return isOther ? [createFileSource({ path: source.path, baseDir })] : [];
  });
}

function formatOf(options: { format: string; json?: boolean }): ReportFormat {
  if (options.json === true) return "json";
  const format = reportFormats.find((each) => each === options.format);
  if (format !== undefined) return format;
  throw new InputError("format-unknown", `there is no format ${options.format}`, {
    hint: `expected ${reportFormats.join(", ")}`,
  });
}
