import { InputError } from "../base/errors.ts";

/** Names that Windows keeps for devices, with or without an extension. */
const deviceName = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/i;
/** Control characters, and the backslash, which leads elsewhere on Windows. Other odd signs stand in templated names: `${{ a | b }}`. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const oddCharacter = /[\u0000-\u001f\u007f\\]/;
/** `C:` and the like. */
const driveName = /^[A-Za-z]:/;
/** Git reads these as its own folder on some file systems. */
const gitName = /^(?:\.git|git~\d+)$/i;

const maxPathLength = 1_000;
const maxNameBytes = 255;

/**
 * Checks a path inside a workspace or a repository and brings it to one form: relative, forward slashes, no `.` parts.
 * The workspace itself is the empty text.
 * @throws InputError `path-not-allowed` for everything that could leave the workspace, touch git's own files, or not
 * exist on another file system.
 */
export function checkRelativePath(path: string): string {
  const refuse = (why: string): InputError =>
    new InputError("path-not-allowed", `The path “${shown(path)}” is not allowed: ${why}.`, {
      hint: "use a path inside the workspace, with forward slashes",
    });
  if (path.length > maxPathLength) throw refuse("it is too long");
  if (path.startsWith("/")) throw refuse("it is absolute");
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  for (const part of parts) {
    const fault = nameFault(part);
    if (fault !== undefined) throw refuse(fault);
  }
  return parts.join("/");
}

function nameFault(name: string): string | undefined {
  if (name === "..") return "it leads out of the workspace";
  if (oddCharacter.test(name)) return "it has characters that no file name should have";
  if (driveName.test(name)) return "it names a drive on Windows";
  if (gitName.test(name.replace(/[. ]+$/, ""))) return "it touches git's own files";
  if (name.endsWith(" ") || name.endsWith(".")) return "a name ends in a blank or a full stop";
  if (deviceName.test(name)) return `“${name}” is the name of a device on Windows`;
  if (Buffer.byteLength(name) > maxNameBytes) return "a name is longer than 255 bytes";
  return undefined;
}

/**
 * Refuses names that differ only in letter case or in the way accents are written: on many machines they are one file.
 * @throws InputError `path-clash`.
 */
export function assertNoClashes(paths: Iterable<string>): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    // Folders too: `A/x` and `a/y` share one.
    const parts = path.split("/");
    for (let length = 1; length <= parts.length; length += 1) {
      const part = parts.slice(0, length).join("/");
      const folded = part.normalize("NFC").toLowerCase();
      const other = seen.get(folded);
      if (other !== undefined && other !== part) {
        throw new InputError(
          "path-clash",
          `“${shown(other)}” and “${shown(part)}” are the same file on some machines.`,
          {
            hint: "give them names that differ in more than letter case",
          },
        );
      }
      seen.set(folded, part);
    }
  }
}

function shown(path: string): string {
  // control characters would garble the message
  // oxlint-disable-next-line no-control-regex
  const printable = path.replaceAll(/[\u0000-\u001f\u007f]/g, "�");
  return printable.length > 120 ? `${printable.slice(0, 119)}…` : printable;
}
