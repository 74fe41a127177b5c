// What it costs to read an organisation on GitHub: requests and time, against the emulation on this machine.
// Run: npx tsx bench/github.ts [repositories]
import { createGithubReader } from "../src/app/github-reader.ts";
import { createGithubSource } from "../src/catalog/sources/github.ts";
import { type GithubEmulator, startGithubEmulator } from "../test/emulators/github/emulator.ts";
import { connect } from "../test/emulators/github/harness.ts";
import { addManyRepositories } from "../test/emulators/github/many-repositories.ts";
import { commitFiles } from "../test/emulators/github/world.ts";

const component = (name: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}}\nspec: {type: service, lifecycle: production, owner: team-a}\n`;

async function push(github: GithubEmulator, count: number, every: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const repository = github.repository("acme", `service-${at * every}`);
    if (repository === undefined) return;
    const files = { "catalog-info.yaml": component(`changed-${at}`) };
    await commitFiles(github.world, repository, "main", files, "Change");
  }
}

const size = Number(process.argv[2] ?? 14_000);
const github = await startGithubEmulator();
await addManyRepositories(github, size, (name) => ({ "catalog-info.yaml": component(name) }));
const everything = { topic: [], excludeTopic: [], name: [], exclude: [] };
const source = createGithubSource({
  reader: createGithubReader(connect(github, { timeoutMs: 60_000 })),
  org: "acme",
  path: "/catalog-info.yaml",
  filters: { ...everything, archived: false, forks: false },
  clock: Date.now,
  listEveryMs: 600_000,
});

async function measure(what: string): Promise<void> {
  const startedMs = performance.now();
  const { files } = await source.read(new AbortController().signal);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const requests = github.journal.splice(0);
  const counted = requests.filter(({ status }) => status !== 304).length;
  const row = [what, files.length, requests.length, counted, `${seconds} s`];
  process.stdout.write(`| ${row.join(" | ")} |\n`);
}

process.stdout.write(
  "| reading | files | requests | of which count | time |\n| --- | --- | --- | --- | --- |\n",
);
await measure("first");
await measure("unchanged");
await push(github, 50, Math.floor(size / 50));
await measure("50 repositories pushed to");
await github.close();
