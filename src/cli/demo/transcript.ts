/** Writes a conversation as people read it: who, where, what; replies indented. */
export interface Transcript {
  scene(title: string): void;
  /** What a person does. */
  person(name: string, where: string, text: string): void;
  /** What the bot answers, several lines allowed. */
  bot(text: string, note?: string): void;
  /** What happened outside of Slack. */
  aside(text: string): void;
}

const width = 100;

/** Creates a transcript on a stream; no colours, so that it reads the same in a log. */
export function createTranscript(out: NodeJS.WritableStream): Transcript {
  const line = (text = ""): void => void out.write(`${text}\n`);
  return {
    scene(title) {
      line();
      line(`── ${title} ${"─".repeat(Math.max(3, width - title.length - 4))}`);
    },
    person(name, where, text) {
      line();
      line(`${name} in ${where}:`);
      indent(text, "    ").forEach(line);
    },
    bot(text, note) {
      line(`Callboard${note === undefined ? "" : ` (${note})`}:`);
      indent(text, "    ").forEach(line);
    },
    aside: (text) => indent(text, "  · ").forEach(line),
  };
}

function indent(text: string, prefix: string): string[] {
  return text
    .split("\n")
    .flatMap((paragraph) => wrap(paragraph, width - prefix.length).map((each) => prefix + each));
}

function wrap(text: string, limit: number): string[] {
  const lines: string[] = [];
  let present = "";
  for (const word of text.split(" ")) {
    if (present !== "" && present.length + word.length + 1 > limit) {
      lines.push(present);
      present = word;
    } else {
      present = present === "" ? word : `${present} ${word}`;
    }
  }
  return [...lines, present];
}
