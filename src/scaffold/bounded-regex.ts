import vm from "node:vm";

/**
 * A pattern that somebody else wrote may take forever on a short text, and a regular expression cannot be stopped from
 * within. The vm module can stop one, so that a bad pattern costs at most `timeoutMs` of everybody's time.
 */
const sandbox = vm.createContext({});
const script = new vm.Script(
  "{ const pattern = new RegExp(source, flags); texts.map((text) => (pattern.test(text) ? 1 : 0)).join(''); }",
);

/** Texts longer than this are not matched at all. */
const maxTextLength = 20_000;
const maxPatternLength = 2_000;

/**
 * Tells for each text whether the pattern matches; undefined when the answer took longer than `timeoutMs`
 * or pattern or texts are unreasonably long.
 * @throws SyntaxError when the pattern is not a regular expression.
 */
export function matchAllWithin(
  pattern: { source: string; flags: string },
  texts: readonly string[],
  timeoutMs = 250,
): boolean[] | undefined {
  if (pattern.source.length > maxPatternLength) return undefined;
  if (texts.some((text) => text.length > maxTextLength)) return undefined;
  // Rejects a malformed pattern here, with an error of this realm.
  void new RegExp(pattern.source, pattern.flags);
  Object.assign(sandbox, { source: pattern.source, flags: pattern.flags, texts: [...texts] });
  try {
    // "1" for each text that fits, "0" for the others: a plain text crosses between realms unchanged
    return String(runFor(script, timeoutMs))
      .split("")
      .map((sign) => sign === "1");
  } catch (thrown) {
    if (isTimeout(thrown)) return undefined;
    throw thrown;
  } finally {
    Object.assign(sandbox, { texts: [] });
  }
}

const maxTries = 4;

/**
 * Runs a script within a time. The clock runs on while a busy machine lets others work: a script that was stopped without having
 * had the processor for half its time is run again, so that nothing that fits is refused.
 */
function runFor(wanted: vm.Script, timeoutMs: number): unknown {
  for (let tries = 1; ; tries += 1) {
    const before = process.cpuUsage();
    try {
      return wanted.runInContext(sandbox, { timeout: timeoutMs });
    } catch (thrown) {
      const { user, system } = process.cpuUsage(before);
      const hadMs = (user + system) / 1_000;
      if (!isTimeout(thrown) || hadMs > timeoutMs / 2 || tries >= maxTries) throw thrown;
    }
  }
}

function isTimeout(thrown: unknown): boolean {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    "code" in thrown &&
    thrown.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}

const replaceScript = new vm.Script("text.replace(new RegExp(source, flags), replacement);");
/** Files may be longer than what people type. */
const maxReplacedLength = 1_000_000;

/**
 * Replaces what the pattern matches, `$1` and the like included; undefined when it took too long or the text is too long.
 * @throws SyntaxError when the pattern is not a regular expression.
 */
export function replaceAllWithin(
  pattern: { source: string; flags: string },
  text: string,
  replacement: string,
  timeoutMs = 500,
): string | undefined {
  if (pattern.source.length > maxPatternLength || text.length > maxReplacedLength) return undefined;
  void new RegExp(pattern.source, pattern.flags);
  Object.assign(sandbox, { source: pattern.source, flags: pattern.flags, text, replacement });
  try {
    return String(runFor(replaceScript, timeoutMs));
  } catch (thrown) {
    if (isTimeout(thrown)) return undefined;
    throw thrown;
  } finally {
    Object.assign(sandbox, { text: "", replacement: "" });
  }
}
