/** Shorter secrets would blot out half of every text, and are none. */
const minSecretLength = 4;

/** Creates a function that replaces the values of secrets in a text by `***`. */
export function createRedactor(secrets: Record<string, string>): (text: string) => string {
  const values = Object.values(secrets)
    .filter((value) => value.length >= minSecretLength)
    // longest first: one secret may be the beginning of another
    .toSorted((a, b) => b.length - a.length);
  return (text) => values.reduce((masked, value) => masked.replaceAll(value, "***"), text);
}
