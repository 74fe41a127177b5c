import type { SlackBlock } from "./slack-shapes.ts";

/** What a streamed message is made of so far. */
export interface Stream {
  display: "plan" | "timeline";
  planTitle: string;
  /** In the order in which they were first named. */
  tasks: Map<string, SlackBlock>;
  markdown: string;
  blocks: SlackBlock[];
}

/** A file that was announced, and its content once that has come. */
export interface UploadedFile {
  id: string;
  name: string;
  /** As announced, in bytes. */
  length: number;
  content?: Buffer;
}

/** One run of a workflow step. */
export interface StepExecution {
  id: string;
  callbackId: string;
  status: "running" | "completed" | "failed";
  outputs?: Record<string, unknown>;
  error?: string;
}

/** What the bot says it is doing, and suggestions to ask next. */
export interface ThreadStatus {
  threadTs: string;
  status: string;
  loadingMessages: string[];
  prompts: { title: string; message: string }[];
  promptsTitle?: string;
}
