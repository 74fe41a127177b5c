import { watch } from "chokidar";

import { globFolder, isGlob } from "./file-walk.ts";

/** Watches a file, folder or glob until closed. */
export function watchPaths(options: {
  /** Absolute. */
  top: string;
  /** Whether a changed file matters. */
  isOurs: (path: string) => boolean;
  onChange: () => void;
  debounceMs: number;
}): {
  /** Watches one more file from now on. */
  add: (path: string) => void;
  /** Resolves with the close when the first scan is done and no change is missed any more. */
  opened: Promise<() => Promise<void>>;
} {
  const { top, isOurs, onChange, debounceMs } = options;
  const folder = isGlob(top) ? globFolder(top) : top;
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folder, {
    ignoreInitial: true,
    // Directories in which nothing of ours can be; watching them costs a handle for each.
    ignored: (path) => /(?:^|[\\/])(?:node_modules|\.git)(?:[\\/]|$)/.test(path),
  });
  watcher.on("all", (_event, path) => {
    if (path !== top && !isOurs(path)) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, debounceMs);
  });
  // A folder that may not be watched is still read again on schedule.
  watcher.on("error", () => undefined);
  const opened = new Promise<void>((resolve) => watcher.once("ready", () => resolve())).then(
    () => async () => {
      clearTimeout(timer);
      await watcher.close();
    },
  );
  return { add: (path) => void watcher.add(path), opened };
}
