import { LogLevel, type Logger as SdkLogger } from "@slack/bolt";

import type { Logger } from "../base/logger.ts";

/**
 * Our logger in the form Slack's SDKs want. Their debug and info lines carry whole payloads (message text, response URLs),
 * so only warnings and errors are taken over, and of those only the text and an error's code.
 */
export function createSdkLogger(logger: Logger): SdkLogger {
  const scoped = logger.child({ library: "slack-sdk" });
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...parts: unknown[]) =>
      scoped.warn({ detail: describe(parts) }, "slack library warning"),
    error: (...parts: unknown[]) =>
      scoped.error({ detail: describe(parts) }, "slack library error"),
    setLevel: () => undefined,
    // above debug, so that the SDKs do not even build their debug lines
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}

function describe(parts: readonly unknown[]): string {
  const shown = parts.map((part) => {
    if (part instanceof Error)
      return "code" in part ? `${part.name} ${String(part.code)}` : part.name;
    return typeof part === "string" ? part : typeof part;
  });
  return withoutSecrets(shown.join(" ")).slice(0, 500);
}

/** `text` without tokens and addresses: a response URL lets anybody post for half an hour. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(/xox[a-z]-[\w-]+|xapp-[\w-]+|https?:\/\/\S+/gi, "***");
}
