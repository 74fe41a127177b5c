import { type FSWatcher, watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, sep } from "node:path";

import { isSkipped } from "./file-walk.ts";

export interface FolderWatchOptions {
  /** Absolute. */
  folder: string;
  /** Called for each path below that changed, appeared or vanished. */
  onPath: (path: string) => void;
  /** Called when a whole folder vanished or moved, so that only a walk tells what is left. */
  onMoved: () => void;
  /** Called when changes may be missed from now on. */
  onFault: () => void;
}

/** So many folders are opened at the same time. */
const parallelFolders = 16;

/**
 * Watches a folder and all below it, one watch a folder: the operating system tells of files by their folder, and a watch for
 * each file costs more memory than the whole catalog. Resolves with the close when no change is missed any more.
 */
export async function watchFolder(options: FolderWatchOptions): Promise<() => void> {
  const { folder: top, onPath, onMoved, onFault } = options;
  const watchers = new Map<string, FSWatcher>();
  let isClosed = false;

  function close(folder: string): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  function closeBelow(folder: string): void {
    for (const each of watchers.keys())
      if (each === folder || each.startsWith(folder + sep)) close(each);
  }

  /** Opens one folder; gives the folders in it, and tells of its files when it is new. */
  async function open(folder: string, isNew: boolean): Promise<string[]> {
    if (isClosed || watchers.has(folder)) return [];
    try {
      const watcher = watch(folder, (event, name) => void changed(folder, name, event));
      watchers.set(folder, watcher);
      watcher.on("error", () => close(folder));
      const entries = await readdir(folder, { withFileTypes: true });
      const paths = entries.filter(({ name }) => !isSkipped(name));
      if (isNew) for (const { name } of paths) onPath(join(folder, name));
      // links to folders are followed by a walk only
      return paths.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
    } catch (thrown) {
      close(folder);
      // one that is gone again is not missed
      if (folder === top || !isGone(thrown)) onFault();
      return [];
    }
  }

  async function openAll(folder: string, isNew: boolean): Promise<void> {
    let found = [folder];
    while (found.length > 0) {
      const batch = found.splice(0, parallelFolders);
      const below = await Promise.all(batch.map((each) => open(each, isNew)));
      found = [...below.flat(), ...found];
    }
  }

  async function changed(folder: string, name: string | null, event: string): Promise<void> {
    if (name === null) return onFault();
    const path = join(folder, name);
    onPath(path);
    if (event !== "rename") return;
    // how Kubernetes exchanges all files at once, or a folder that is gone, or another one
    if (isSkipped(name) || watchers.has(path)) {
      closeBelow(path);
      onMoved();
    }
    if (!isSkipped(name) && (await isFolder(path))) await openAll(path, true);
  }

  await openAll(top, false);
  return () => {
    isClosed = true;
    for (const folder of watchers.keys()) close(folder);
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

function isGone(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    "code" in thrown &&
    ["ENOENT", "ENOTDIR"].includes(String(thrown.code))
  );
}
