/** What a placeholder can be filled with. */
export interface KnownValue {
  value: string;
  /**
   * `sure`: somebody wrote it down for this thing. `likely`: from an alert, or the thing's own name. `guess`: something that is
   * often called the same.
   */
  certainty: "sure" | "likely" | "guess";
  /** Where it comes from, for people: `backstage.io/kubernetes-namespace`. */
  from: string;
}

/** A placeholder that was found, as written. */
export interface Filled {
  placeholder: string;
  value: string;
  from: string;
  /** False: somewhere the placeholder stands as it was, and the value is only a suggestion. */
  isFilled: boolean;
}

// <namespace>, {{ namespace }}, {{ $labels.namespace }}, ${NAMESPACE} or $NAMESPACE, with names of 2 to 40 letters
const placeholder =
  /<([A-Za-z][\w -]{1,40})>|\{\{-? ?(?:\$labels\.|\.Labels\.)?([A-Za-z][\w-]{1,40}) ?-?\}\}|\$\{([A-Z][A-Z0-9_]{1,40})\}|\$([A-Z][A-Z0-9_]{1,40})\b/g;

// commands that cannot be taken back
const destructive =
  /\b(?:delete|destroy|drop|truncate|purge|flushall|flushdb|uninstall|remove|rm|rmdir|mkfs\S*|dd|shutdown|reboot|drain|evict|kill|pkill|terminate\S*|wipe|reset|prune|rollback|undo|restart|scale)\b|--force|-X ?DELETE/i;

/** A value that means the same in a shell, a query and a sentence. */
const harmless = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,252}$/;

/**
 * Fills placeholders from what is known, by name in lower case with dashes. A guess is suggested, never filled in; in a command
 * that destroys something only what is sure is. Variables that the text sets itself are left alone, and so is every value that
 * would not be one plain word of a shell.
 */
export function fillPlaceholders(
  markdown: string,
  known: ReadonlyMap<string, KnownValue>,
): { markdown: string; filled: Filled[] } {
  const filled = new Map<string, Filled>();
  const own = ownVariables(markdown);
  const pieces = commandsOf(markdown).map((command) => {
    const isRisky = destructive.test(command);
    return command.replaceAll(placeholder, (whole: string, ...names: string[]) => {
      const found = known.get(keyOf(nameIn(names, own)));
      if (found === undefined || !harmless.test(found.value)) return whole;
      const { value, from, certainty } = found;
      const isFilled = certainty === "sure" || (certainty === "likely" && !isRisky);
      const wasLeft = filled.get(whole)?.isFilled === false;
      filled.set(whole, { placeholder: whole, value, from, isFilled: isFilled && !wasLeft });
      return isFilled ? value : whole;
    });
  });
  return { markdown: pieces.join("\n"), filled: [...filled.values()] };
}

/** The name that matched; empty for a variable that the text sets itself. */
function nameIn(
  [angle, braces, curly, dollar]: readonly (string | undefined)[],
  own: ReadonlySet<string>,
): string {
  const variable = curly ?? dollar ?? "";
  return angle ?? braces ?? (own.has(variable) ? "" : variable);
}

function keyOf(name: string): string {
  return name.toLowerCase().replaceAll(/[_\s]+/g, "-");
}

/** Lines; those that a backslash joins are one command. */
function commandsOf(markdown: string): string[] {
  const commands: string[] = [];
  let isJoined = false;
  for (const line of markdown.split("\n")) {
    const last = commands.length - 1;
    if (isJoined) commands[last] = `${commands[last] ?? ""}\n${line}`;
    else commands.push(line);
    isJoined = line.trimEnd().endsWith("\\");
  }
  return commands;
}

/** Names that the text gives a value itself: `NAMESPACE=…`, `read NAMESPACE`, `for POD in`. */
function ownVariables(markdown: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, set, loop] of markdown.matchAll(
    /\b([A-Z][A-Z0-9_]{1,40})=|\b(?:read(?: -\w+)*|for) ([A-Z][A-Z0-9_]{1,40})\b/g,
  ))
    names.add(set ?? loop ?? "");
  return names;
}
