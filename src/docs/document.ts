/** One heading of a Markdown document with what stands below it, up to the next heading of any level. */
export interface Section {
  /** Unique in its document, as web pages number it: `high-latency`, `high-latency-1`; empty for the text before any heading. */
  anchor: string;
  /** Plain text; the document's title for the text before any heading. */
  heading: string;
  /** 1 to 6; 0 for the text before any heading. */
  level: number;
  /** Headings above it, outermost first, without the document's title. */
  parents: string[];
  /** Markdown below the heading, without it. */
  markdown: string;
  /** Of the heading, from 1 in the file. */
  line: number;
}

/** What a document's front matter says that we use. */
export interface FrontMatter {
  title?: string;
  /** References as written. */
  entities: string[];
  /** Names of alerts that this document answers. */
  alerts: string[];
  tags: string[];
}

/** A Markdown text, taken apart. */
export interface ParsedDocument {
  /** From front matter, else the first heading, else undefined. */
  title: string | undefined;
  frontMatter: FrontMatter;
  sections: Section[];
  /** What was wrong with the front matter; the rest is read all the same. */
  problem?: { line: number; code: string; message: string };
}
