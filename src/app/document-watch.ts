import { watch, type FSWatcher } from "chokidar";

/** Editors write a file in several strokes; one refresh is enough. */
const debounceMs = 200;

/** Watches Markdown files and folders, a set that changes with the catalog. */
export interface DocumentWatch {
  /** Says which absolute paths matter from now on. */
  follow(paths: readonly string[]): void;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Creates a watch that does nothing until it is started. */
export function createDocumentWatch(onChange: () => void): DocumentWatch {
  let wanted: readonly string[] = [];
  let watched = new Set<string>();
  let watcher: FSWatcher | undefined;
  let timer: NodeJS.Timeout | undefined;

  function apply(): void {
    if (watcher === undefined) return;
    const next = new Set(wanted);
    watcher.unwatch([...watched].filter((path) => !next.has(path)));
    watcher.add([...next].filter((path) => !watched.has(path)));
    watched = next;
  }

  return {
    follow(paths) {
      wanted = paths;
      apply();
    },
    async start() {
      const opened = watch([...wanted], {
        ignoreInitial: true,
        ignored: /(?:^|[\\/])(?:node_modules|\.git)(?:[\\/]|$)/,
      });
      watched = new Set(wanted);
      watcher = opened;
      opened.on("all", (_event, path) => {
        if (!/\.(?:md|markdown|ya?ml)$/i.test(path)) return;
        clearTimeout(timer);
        timer = setTimeout(onChange, debounceMs);
      });
      // a folder that cannot be watched is read again with the next change elsewhere
      opened.on("error", () => undefined);
      // with nothing to scan there is no end of the scan to wait for
      if (wanted.length === 0) return;
      await new Promise<void>((resolve) => opened.once("ready", () => resolve()));
    },
    async close() {
      clearTimeout(timer);
      await watcher?.close();
    },
  };
}
