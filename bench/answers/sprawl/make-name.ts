import type { Random } from "../random.ts";

/** A name with the words it is made of. */
export interface MadeName {
  name: string;
  /** All words in order, as somebody reads it out. */
  words: string[];
  /** The words that tell it from others: no prefix of the company, region, stage or shard. */
  core: string[];
}

interface Lists {
  areas: readonly string[];
  jobs: readonly string[];
  nicknames: readonly string[];
}

const prefixes = ["nw", "northwind", "nwt", "core", "legacy", "dp", "mkt"];
const regions = ["emea", "apac", "latam", "us1", "eu1"];

/** Makes a name in one of the styles that twenty years leave behind. */
export function makeName(random: Random, lists: Lists): MadeName {
  const core = coreOf(random, lists);
  const before = random.chance(0.3) ? [random.pick(prefixes)] : [];
  const style = random.next();
  if (style < 0.08) {
    const shard = String(random.below(24) + 1).padStart(2, "0");
    const name = [...core, "shard", shard].join("-");
    return { name, words: [...core, "shard", shard], core: [...core, "shard", shard] };
  }
  const after = tailOf(random);
  const words = [...before, ...core, ...after];
  return { name: joined(random, words), words, core };
}

function coreOf(random: Random, { areas, jobs, nicknames }: Lists): string[] {
  const kind = random.next();
  if (kind < 0.08) return [random.pick(nicknames), random.pick(areas)];
  if (kind < 0.14) return [random.pick(nicknames), random.pick(jobs)];
  if (kind < 0.6) return different([random.pick(areas), random.pick(jobs)]);
  if (kind < 0.9) return different([random.pick(areas), random.pick(areas), random.pick(jobs)]);
  return different([random.pick(areas), random.pick(jobs), random.pick(jobs)]);
}

function different(words: string[]): string[] {
  return [...new Set(words)];
}

function tailOf(random: Random): string[] {
  const kind = random.next();
  if (kind < 0.1) return [`v${random.below(4) + 2}`];
  if (kind < 0.2) return [random.pick(regions)];
  if (kind < 0.3) return ["svc"];
  if (kind < 0.36) return ["k8s"];
  return [];
}

function joined(random: Random, words: readonly string[]): string {
  const style = random.next();
  if (style < 0.5) return words.join("-");
  if (style < 0.6) return words.join(".");
  if (style < 0.7) return words.join("_");
  const capitals = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  if (style < 0.8) return capitals;
  if (style < 0.9) return capitals.charAt(0).toLowerCase() + capitals.slice(1);
  return `com.northwind.${words.join(".")}`;
}
