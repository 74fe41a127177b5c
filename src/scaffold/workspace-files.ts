/** A file of a skeleton or a workspace, with its content in memory. */
export interface TreeFile {
  /** Relative, with forward slashes. */
  path: string;
  content: Buffer;
  isExecutable: boolean;
}

/** A file to write. */
export interface NewFile {
  path: string;
  content: Buffer | string;
  isExecutable: boolean;
}

/** A file that is there. */
export interface ListedFile {
  path: string;
  sizeBytes: number;
  isExecutable: boolean;
}

/**
 * The files that a run's steps make, by paths relative to its workspace. They may be held in memory, so whoever needs a real folder
 * says so (`needsFolder` of an action). Paths that lead out, or through a link, are refused with InputError `path-not-allowed`.
 */
export interface WorkspaceFiles {
  /** What stands at a path; undefined when nothing does. The empty path is the workspace itself. */
  kind(path: string): Promise<"file" | "folder" | undefined>;
  /** Paths of all files. */
  paths(): Promise<Set<string>>;
  /** Writes files with their folders, over what is there. @throws InputError `tree-too-large`. */
  write(files: readonly NewFile[]): Promise<void>;
  /** All files below a folder, sorted by path, which is relative to it. @throws InputError `tree-not-allowed`, `tree-too-large`. */
  list(folder: string, signal: AbortSignal): Promise<ListedFile[]>;
  /** The same with their contents. */
  tree(folder: string, signal: AbortSignal): Promise<TreeFile[]>;
  /** One file. @throws NotFoundError `file-not-found`, InputError `tree-not-allowed`, `tree-too-large`. */
  read(path: string): Promise<Buffer>;
}
