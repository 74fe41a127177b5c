import { stat } from "node:fs/promises";

import { type FSWatcher, watch } from "chokidar";

import { globFolder, isGlob } from "./file-walk.ts";
import { watchFolder } from "./folder-watch.ts";

export interface FileWatchOptions {
  /** Absolute. */
  top: string;
  /** Whether a changed file matters. */
  isOurs: (path: string) => boolean;
  /** Called at once for each changed path; for `top` when only a walk tells what has changed. */
  onPath: (path: string) => void;
  /** Called when no more changes came for a while. */
  onChange: () => void;
  /** Called when changes may be missed from now on. */
  onFault: () => void;
  debounceMs: number;
}

/** Watches a file, folder or glob until closed. */
export function watchPaths(options: FileWatchOptions): {
  /** Watches one more file from now on. */
  add: (path: string) => void;
  /** Resolves with the close when the first scan is done and no change is missed any more. */
  opened: Promise<() => Promise<void>>;
} {
  const { top, isOurs, onPath, onChange, onFault, debounceMs } = options;
  const folder = isGlob(top) ? globFolder(top) : top;
  let timer: NodeJS.Timeout | undefined;
  let single: FSWatcher | undefined;
  const note = (path: string): void => {
    if (path !== top && !isOurs(path)) return;
    onPath(path);
    clearTimeout(timer);
    timer = setTimeout(onChange, debounceMs);
  };

  /** Watches what is no folder, or lies elsewhere. */
  function openSingle(path: string): FSWatcher {
    const opened = watch(path, { ignoreInitial: true });
    opened.on("all", (_event, changed) => note(changed));
    // A file that may not be watched is still read again with the next change elsewhere.
    opened.on("error", onFault);
    return opened;
  }

  async function open(): Promise<() => Promise<void>> {
    let closeFolder: (() => void) | undefined;
    if (await isFolder(folder))
      closeFolder = await watchFolder({ folder, onPath: note, onMoved: () => note(top), onFault });
    else {
      const opened = openSingle(folder);
      single ??= opened;
      await new Promise<void>((resolve) => opened.once("ready", () => resolve()));
    }
    return async () => {
      clearTimeout(timer);
      closeFolder?.();
      await single?.close();
    };
  }

  return {
    add(path) {
      if (path.startsWith(`${folder}/`)) return;
      if (single === undefined) single = openSingle(path);
      else single.add(path);
    },
    opened: open(),
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
