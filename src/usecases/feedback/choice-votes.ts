import { isRecord, type JsonValue } from "../../base/json.ts";

/** Which thing people meant by some words, one vote each. */
export interface ChoiceVotes {
  /** Normalised, as `wordsKey` writes them. */
  words: string;
  /** Oldest first. */
  votes: { voter: string; ref: string }[];
}

const mostVotes = 30;

/** A person's last choice counts, and the last thirty people's. */
export function addVote({ words, votes }: ChoiceVotes, voter: string, ref: string): ChoiceVotes {
  const others = votes.filter((vote) => vote.voter !== voter);
  return { words, votes: [...others, { voter, ref }].slice(-mostVotes) };
}

/** What most people meant; of equals what was chosen last. */
export function chosenOf({ votes }: ChoiceVotes): string | undefined {
  const counts = new Map<string, number>();
  for (const { ref } of votes) counts.set(ref, (counts.get(ref) ?? 0) + 1);
  let best: string | undefined;
  for (const { ref } of votes) {
    if (best === undefined || (counts.get(ref) ?? 0) >= (counts.get(best) ?? 0)) best = ref;
  }
  return best;
}

/** As a record. */
export function encodeVotes({ words, votes }: ChoiceVotes): JsonValue {
  return { words, votes: votes.map(({ voter, ref }) => [voter, ref]) };
}

/** From a record; undefined for one that is none. */
export function decodeVotes(value: JsonValue | undefined): ChoiceVotes | undefined {
  if (!isRecord(value) || typeof value["words"] !== "string") return undefined;
  const votes = Array.isArray(value["votes"]) ? value["votes"] : [];
  return {
    words: value["words"],
    votes: votes.flatMap((vote) => {
      const [voter, ref] = Array.isArray(vote) ? vote : [];
      return typeof voter === "string" && typeof ref === "string" ? [{ voter, ref }] : [];
    }),
  };
}
