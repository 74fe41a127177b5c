/** Words shorter than this forgive no slip, longer ones are no words. */
const minLength = 4;
const maxLength = 32;

/** Whether slips are looked for in a word of this length. */
export function mayHaveSlip(word: string): boolean {
  return word.length >= minLength && word.length <= maxLength;
}

/**
 * Hashes of the word and of the word with each one letter left out: two words one slip apart share at least one.
 * Equal hashes of different words are harmless, as whoever uses them compares the words.
 */
export function deletionHashes(word: string): number[] {
  const hashes = [hashWithout(word, -1)];
  for (let at = 0; at < word.length; at += 1) hashes.push(hashWithout(word, at));
  return hashes;
}

/** FNV-1a over UTF-16 units, leaving one position out. */
function hashWithout(word: string, skipped: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at += 1)
    if (at !== skipped) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
