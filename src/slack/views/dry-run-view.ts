import type { KnownBlock, ModalView } from "@slack/types";

import type { PreviewChange, RunPreview } from "../../usecases/runs/preview-run.ts";
import { context, fitBlocks, limits, plain, section } from "./blocks.ts";
import { clamp, joinWithin, literal, mrk, oneLine, sentence, tidy } from "./text.ts";

/** Shown at once, while the dry run works. */
export function renderDryRunWaiting(): ModalView {
  return modal([section(mrk`⏳ Trying it out, without writing anything …`)]);
}

/** Why there is nothing to show. */
export function renderDryRunFailed(why: string): ModalView {
  return modal([section(mrk`⚠️ ${literal(sentence(oneLine(why)), 2000)}`)]);
}

/** What a run would do: files of new repositories as a tree, pull requests as diffs, and what the steps say. */
export function renderDryRun(preview: RunPreview): ModalView {
  const { problem } = preview;
  return modal([
    section(
      problem === undefined
        ? mrk`*Nothing was written.* This is what *Create* would do.`
        : mrk`⚠️ *It would fail:* ${literal(oneLine(problem), 2000)}`,
    ),
    warningSection(preview.log),
    ...preview.changes.flatMap(changeBlocks),
    ...(preview.changes.length === 0
      ? [section(mrk`It would publish nothing to a repository.`)]
      : []),
    ...preformatted(preview.log.join("\n"), "What its steps say"),
    context([
      mrk`${preview.steps.filter(({ status }) => status === "completed").length} of ${preview.steps.length} steps would run`,
    ]),
  ]);
}

/** What the steps warn of, before the files: nobody reads a log to its end. */
function warningSection(log: readonly string[]): KnownBlock | undefined {
  const lines = log
    .filter((line) => line.startsWith(warning))
    .map((line) => mrk`⚠️ ${literal(sentence(oneLine(line.slice(warning.length))), 500)}`);
  const all = joinWithin(lines, "\n", 2500, (left) => mrk`… and ${left} more warnings`);
  return all.mrkdwn === "" ? undefined : section(all);
}

const warning = "warning: ";

function changeBlocks(change: PreviewChange): KnownBlock[] {
  const what = change.kind === "repository" ? mrk`New repository` : mrk`Pull request to`;
  const title = change.title === "" ? mrk`` : mrk`\n${literal(oneLine(change.title), 300)}`;
  return [
    section(mrk`*${what} ${change.repository}*, ${String(change.files.length)} files${title}`),
    ...preformatted(fileTree(change.files), "Files"),
    ...preformatted(change.diff, "Changes"),
  ];
}

/** Folders and files, indented by depth, with the sizes of files. */
function fileTree(files: PreviewChange["files"]): string {
  const lines: string[] = [];
  let open: string[] = [];
  for (const { path, sizeBytes, isDeleted } of files) {
    const parts = path.split("/");
    const folders = parts.slice(0, -1);
    const same = folders.findIndex((folder, index) => folder !== open[index]);
    const from = same < 0 ? folders.length : same;
    folders.slice(from).forEach((folder, index) => {
      lines.push(`${"  ".repeat(from + index)}${folder}/`);
    });
    open = folders;
    const size = isDeleted === true ? "deleted" : sizeText(sizeBytes);
    lines.push(`${"  ".repeat(folders.length)}${parts.at(-1) ?? ""}  ${size}`);
  }
  return lines.join("\n");
}

function sizeText(sizeBytes: number): string {
  return sizeBytes < 1024 ? `${sizeBytes} B` : `${Math.ceil(sizeBytes / 1024)} kB`;
}

const chunkLength = 2900;
const mostChunks = 12;

/** Text as it is, whatever marks it holds, cut at line ends into pieces that Slack takes. */
function preformatted(text: string, title: string): KnownBlock[] {
  if (text.trim() === "") return [];
  const chunks: string[] = [];
  let chunk = "";
  for (const line of tidy(text).split("\n")) {
    const short = clamp(line, 500);
    if (chunk.length + short.length + 1 > chunkLength) {
      chunks.push(chunk);
      chunk = "";
    }
    chunk += chunk === "" ? short : `\n${short}`;
  }
  if (chunk !== "") chunks.push(chunk);
  const shown = chunks.slice(0, mostChunks);
  const left = chunks.length - shown.length;
  return [
    section(mrk`_${title}_`),
    ...shown.map((piece): KnownBlock => ({
      type: "rich_text",
      elements: [{ type: "rich_text_preformatted", elements: [{ type: "text", text: piece }] }],
    })),
    ...(left > 0 ? [section(mrk`… and about ${left} times as much more`)] : []),
  ];
}

function modal(blocks: readonly (KnownBlock | undefined)[]): ModalView {
  return {
    type: "modal",
    title: plain("Dry run", limits.modalTitle),
    close: plain("Back", limits.modalTitle),
    blocks: fitBlocks(blocks, { maxBlocks: limits.viewBlocks, keepLast: 1, maxCharacters: 60_000 }),
  };
}
