import { distance } from "fastest-levenshtein";

/**
 * The candidate that `written` most likely meant: equal but for letter case first, then the fewest typing errors
 * (at most a third of the letters); undefined when nothing is near.
 */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  const wanted = written.toLowerCase().slice(0, 200);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const name = candidate.toLowerCase();
    if (name === wanted) return candidate;
    // The difference in length is a lower bound that costs nothing.
    if (Math.abs(name.length - wanted.length) >= bestDistance) continue;
    const steps = typingErrors(wanted, name);
    if (steps < bestDistance) {
      best = candidate;
      bestDistance = steps;
    }
  }
  return best;
}

/** Levenshtein's distance, but two letters that changed places are one error: people type them often. */
function typingErrors(a: string, b: string): number {
  const steps = distance(a, b);
  return steps === 2 && a.length === b.length && letters(a) === letters(b) ? 1 : steps;
}

function letters(text: string): string {
  return text.split("").toSorted().join("");
}
