import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { InputError } from "../base/errors.ts";
import { createLogger, type Logger } from "../base/logger.ts";
import { formatConfigFault, parseConfig, type Config } from "../config/load.ts";

/** What every command gets: the surroundings of the process, passed in so that tests can give others. */
export interface CliContext {
  env: Record<string, string | undefined>;
  cwd: string;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}

/** The folder that holds package.json, the sample company and the templates: one above `src` or `dist`. */
export const packageRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Reads environment and configuration file. Without a `callboard.yaml` in the working folder the sample company is used.
 * @throws InputError `config-invalid` naming every fault.
 */
export function loadConfig(context: CliContext): Config {
  const path = configPath(context);
  const { config, faults } = parseConfig({
    env: context.env,
    cwd: context.cwd,
    ...(path === undefined ? {} : { file: { path, text: readConfigFile(path, context.cwd) } }),
  });
  if (config !== undefined) return config;
  const count = faults.length === 1 ? "1 wrong value" : `${faults.length} wrong values`;
  throw new InputError(
    "config-invalid",
    `the configuration has ${count}\n${faults.map((fault) => `  - ${formatConfigFault(fault)}`).join("\n")}`,
    {
      hint: "every key is explained in docs/configuration.md",
    },
  );
}

/** The process's logger, at the level the configuration says. */
export function loggerFor(config: Config, context: CliContext): Logger {
  return createLogger(config.environment.LOG_LEVEL, context.stderr);
}

/** False where the sample company stands in, because nobody wrote a configuration. */
export function hasOwnConfig({ env, cwd }: CliContext): boolean {
  const named = env["CALLBOARD_CONFIG"];
  return (named !== undefined && named !== "") || existsSync(resolve(cwd, "callboard.yaml"));
}

function configPath(context: CliContext): string | undefined {
  const named = context.env["CALLBOARD_CONFIG"];
  if (named !== undefined && named !== "") return named;
  if (existsSync(resolve(context.cwd, "callboard.yaml"))) return "callboard.yaml";
  const sample = resolve(packageRoot, "callboard.yaml");
  return existsSync(sample) ? sample : undefined;
}

function readConfigFile(path: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, path), "utf8");
  } catch (thrown) {
    throw new InputError("config-unreadable", `the configuration file ${path} cannot be read`, {
      hint: "CALLBOARD_CONFIG names it, relative to the working folder",
      cause: thrown,
    });
  }
}

/** The configuration of the sample company that comes with Callboard. */
export function readSampleConfig(): { path: string; text: string } {
  const path = resolve(packageRoot, "callboard.yaml");
  return { path, text: readConfigFile(path, packageRoot) };
}
