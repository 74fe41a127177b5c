import { InputError, NotFoundError, UpstreamError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import type { CatalogSource, SourceFile } from "./contract.ts";
import { createWebReader, type WebReader } from "./web-reader.ts";

export interface BackstageSourceOptions {
  /** Where Backstage's backend answers, such as `https://backstage.example.com`. */
  url: string;
  /** A static token for external access. @see https://backstage.io/docs/auth/service-to-service-auth */
  token?: Secret;
  /** Backstage's own filters, such as `kind=component`; several mean any of them. */
  filters?: readonly string[];
  /** Entities a request; default 500. */
  pageSize?: number;
  /** For one request; default 30,000. */
  timeoutMs?: number;
}

/** An entity is a few kilobytes; definitions of APIs are larger. */
const maxPageBytes = 64 * 1024 * 1024;
/** Ends a Backstage that hands out pages for ever. */
const maxPages = 2_000;

/**
 * Creates a source that takes all entities from a running Backstage, page by page. What Backstage has done already
 * (following Locations, replacing placeholders, saying where an entity comes from) is kept as it is.
 */
export function createBackstageSource(options: BackstageSourceOptions): CatalogSource {
  const { filters = [], pageSize = 500, timeoutMs = 30_000 } = options;
  if (!URL.canParse(options.url)) {
    throw new InputError("backstage-url-invalid", `“${options.url}” is no address of a Backstage`, {
      hint: "write it as https://backstage.example.com",
    });
  }
  const base = options.url.replace(/\/+$/, "");
  const host = new URL(base).host;
  const web = createWebReader({
    hosts: [{ host, ...(options.token === undefined ? {} : { token: options.token }) }],
    timeoutMs,
    maxBytes: maxPageBytes,
    canKeep: false,
  });
  return {
    id: `backstage:${base}`,
    async read(signal) {
      const files: SourceFile[] = [];
      const pages = readPages(web, base, { filters, pageSize }, signal);
      for await (const entities of pages) files.push(...entities.map((each) => toFile(base, each)));
      // Backstage's order is not promised; ours is.
      files.sort((a, b) => (a.base < b.base ? -1 : 1));
      return { files, diagnostics: [] };
    },
    readRelated: async () => undefined,
  };
}

interface PageOptions {
  filters: readonly string[];
  pageSize: number;
}

async function* readPages(
  web: WebReader,
  base: string,
  { filters, pageSize }: PageOptions,
  signal: AbortSignal,
): AsyncGenerator<Record<string, unknown>[]> {
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    signal.throwIfAborted();
    const query = new URLSearchParams({ limit: String(pageSize) });
    // A cursor carries filters and order of the first request.
    if (cursor !== undefined) query.set("cursor", cursor);
    else for (const filter of filters) query.append("filter", filter);
    const url = `${base}/api/catalog/entities/by-query?${query.toString()}`;
    const { items, nextCursor } = parsePage(url, await web.read(url, signal));
    yield items;
    if (nextCursor === undefined) return;
    cursor = nextCursor;
  }
}

/** One answer of `entities/by-query`: `{items, totalItems, pageInfo: {nextCursor?}}`. */
function parsePage(
  url: string,
  text: string | undefined,
): { items: Record<string, unknown>[]; nextCursor: string | undefined } {
  if (text === undefined) {
    throw new NotFoundError("backstage-not-found", `there is no Backstage catalog at ${url}`, {
      hint: "give the address of the backend, of version 1.16 or newer",
    });
  }
  const body = parseJson(text);
  const items = isRecord(body) ? body["items"] : undefined;
  if (!isRecord(body) || !Array.isArray(items) || !items.every(isRecord)) {
    throw new UpstreamError(
      "backstage-answer-broken",
      `${url} answers something else than entities`,
      {
        isRetryable: true,
        hint: "is it the address of the backend, and not of the web page?",
      },
    );
  }
  const info = body["pageInfo"];
  const nextCursor = isRecord(info) ? info["nextCursor"] : undefined;
  return {
    items,
    nextCursor: typeof nextCursor === "string" && nextCursor !== "" ? nextCursor : undefined,
  };
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** The entity as its author wrote it: what Backstage adds to its answers is left out, so that an unchanged one stays the same text. */
function toFile(base: string, entity: Record<string, unknown>): SourceFile {
  const { relations: _relations, status: _status, metadata, ...rest } = entity;
  const { uid: _uid, etag: _etag, ...own } = isRecord(metadata) ? metadata : {};
  const kind = encodeURIComponent(textOf(entity["kind"]).toLowerCase());
  const namespace = encodeURIComponent(textOf(own["namespace"]).toLowerCase() || "default");
  const name = encodeURIComponent(textOf(own["name"]).toLowerCase());
  const page = `${base}/catalog/${namespace}/${kind}/${name}`;
  const text = JSON.stringify({ ...rest, metadata: own }, undefined, 2);
  return { file: page, base: page, text, isResolved: true };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
