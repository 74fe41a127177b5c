const levels = ["debug", "info", "warn", "error"];

/**
 * Reads the configuration from environment variables.
 * @throws Error that lists every wrong value.
 */
export function readConfig(env) {
  const faults = [];
  const port = integer(env, "PORT", ${{ values.port }}, 0, 65_535, faults);
  const shutdownTimeoutMs = integer(env, "SHUTDOWN_TIMEOUT_MS", 10_000, 0, 600_000, faults);
  const logLevel = env.LOG_LEVEL || "info";
  if (!levels.includes(logLevel)) {
    faults.push(`LOG_LEVEL is "${logLevel}", expected one of ${levels.join(", ")}`);
  }
  if (faults.length > 0) throw new Error(faults.join("; "));
  return { port, shutdownTimeoutMs, logLevel };
}

function integer(env, key, fallback, min, max, faults) {
  const text = env[key];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  faults.push(`${key} is "${text}", expected a whole number from ${min} to ${max}`);
  return fallback;
}
