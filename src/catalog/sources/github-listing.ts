import { NotFoundError } from "../../base/errors.ts";
import { isRecord, type JsonObject, type JsonValue, toJsonObject } from "../../base/json.ts";
import type { GithubReader } from "./github-reader.ts";

/** A repository as GitHub lists it. */
export interface ListedRepository {
  id: number;
  /** Its id in GraphQL. */
  nodeId: string;
  name: string;
  /** Its page. */
  url: string;
  /** The default branch. */
  branch: string;
  /** ISO 8601; empty when nothing was ever pushed. */
  pushedAt: string;
  isArchived: boolean;
  isFork: boolean;
  topics: string[];
}

/** All repositories of an organisation, asked for page by page; unchanged pages are not sent again. */
export interface GithubListing {
  read(signal: AbortSignal): Promise<ListedRepository[]>;
  /** As last read. */
  repositories(): ListedRepository[];
  remember(): Iterable<[string, JsonValue]>;
  recall(memory: ReadonlyMap<string, JsonValue>): void;
}

interface Page {
  etag: string | undefined;
  repositories: ListedRepository[];
  hasNext: boolean;
}

const perPage = 100;
/** Ends a GitHub that hands out pages for ever. */
const maxPages = 5_000;

/** Creates the listing; nothing is asked yet. */
export function createGithubListing(reader: GithubReader, org: string): GithubListing {
  let pages: Page[] = [];

  async function readPage(number: number, signal: AbortSignal): Promise<Page> {
    const known = pages[number - 1];
    const answer = await reader.get({
      owner: org,
      route: "GET /orgs/{org}/repos",
      // by name, so that a push moves no repository to another page
      parameters: { org, type: "all", sort: "full_name", per_page: perPage, page: number },
      etag: known?.etag,
      doing: `listing the repositories of ${org}`,
      signal,
    });
    if (answer.status === "unchanged" && known !== undefined) return known;
    if (answer.status === "ok" && Array.isArray(answer.data)) {
      const repositories = answer.data.map(parseListed).filter((each) => each !== undefined);
      return { etag: answer.etag, repositories, hasNext: answer.hasNext };
    }
    throw new NotFoundError(
      "github-organisation-unknown",
      `GitHub knows no organisation ${org}, or Callboard may not see it`,
      { hint: "check catalog.sources, and where Callboard's GitHub App is installed" },
    );
  }

  function all(): ListedRepository[] {
    const found = pages.flatMap(({ repositories }) => repositories);
    return [...new Map(found.map((each) => [each.id, each])).values()];
  }

  return {
    async read(signal) {
      const next: Page[] = [];
      for (let number = 1; number <= maxPages; number += 1) {
        const page = await readPage(number, signal);
        next.push(page);
        pages[number - 1] = page;
        // A full page that was the last may have a successor now, which its unchanged content does not tell.
        if (!page.hasNext && page.repositories.length < perPage) break;
      }
      pages = next;
      return all();
    },
    repositories: all,
    *remember() {
      for (const [at, { etag, repositories, hasNext }] of pages.entries()) {
        if (etag !== undefined) yield [`page ${at}`, toJsonObject({ etag, repositories, hasNext })];
      }
    },
    recall(memory) {
      pages = [];
      for (let at = 0; memory.has(`page ${at}`); at += 1) {
        const page = toPage(memory.get(`page ${at}`));
        if (page === undefined) return;
        pages.push(page);
      }
    },
  };
}

function toPage(value: JsonValue | undefined): Page | undefined {
  if (!isRecord(value) || typeof value["etag"] !== "string") return undefined;
  const { repositories, hasNext, etag } = value;
  if (!Array.isArray(repositories) || !repositories.every(isListed)) return undefined;
  return { etag, repositories, hasNext: hasNext === true };
}

function isListed(value: unknown): value is JsonObject & ListedRepository {
  if (!isRecord(value) || typeof value["id"] !== "number") return false;
  const texts = ["nodeId", "name", "url", "branch", "pushedAt"];
  return texts.every((key) => typeof value[key] === "string") && Array.isArray(value["topics"]);
}

function parseListed(value: unknown): ListedRepository | undefined {
  if (!isRecord(value) || typeof value["id"] !== "number") return undefined;
  const text = (key: string): string => (typeof value[key] === "string" ? value[key] : "");
  const topics = Array.isArray(value["topics"]) ? value["topics"].map(String) : [];
  return {
    id: value["id"],
    nodeId: text("node_id"),
    name: text("name"),
    url: text("html_url"),
    branch: text("default_branch"),
    pushedAt: text("pushed_at"),
    isArchived: value["archived"] === true,
    isFork: value["fork"] === true,
    topics,
  };
}
