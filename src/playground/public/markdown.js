// Standard Markdown as Slack's `markdown` block takes it → the same kind of data as mrkdwn.js gives, and a few blocks more.

/** Parses Markdown into blocks: heading, lines, quote, pre, list, table, rule. */
export function parseMarkdown(text) {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const blocks = [];
  let at = 0;
  while (at < lines.length) {
    const reader = readers.find(({ starts }) => starts(lines, at)) ?? paragraph;
    at = reader.read(lines, at, blocks);
  }
  return blocks;
}

const item = /^(\s*)([-*+]|\d{1,9}[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/;
const rule = /^\s*([-*_])(?:\s*\1){2,}\s*$/;
const cellsOf = (line) =>
  line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => parseMarkdownInline(cell.trim()));

const readers = [
  {
    starts: (lines, at) => lines[at].trim() === "",
    read: (_lines, at) => at + 1,
  },
  {
    starts: (lines, at) => /^\s*(```|~~~)/.test(lines[at]),
    read(lines, at, blocks) {
      const fence = /^\s*(```|~~~)/.exec(lines[at])[1];
      let end = at + 1;
      while (end < lines.length && !lines[end].trim().startsWith(fence)) end += 1;
      blocks.push({ type: "pre", text: lines.slice(at + 1, end).join("\n") });
      return end + 1;
    },
  },
  {
    starts: (lines, at) => /^#{1,6}\s/.test(lines[at]),
    read(lines, at, blocks) {
      const [, marks, title] = /^(#{1,6})\s+(.*?)\s*#*$/.exec(lines[at]) ?? ["", "#", lines[at]];
      blocks.push({ type: "heading", level: marks.length, children: parseMarkdownInline(title) });
      return at + 1;
    },
  },
  {
    starts: (lines, at) => rule.test(lines[at]),
    read(_lines, at, blocks) {
      blocks.push({ type: "rule" });
      return at + 1;
    },
  },
  {
    starts: (lines, at) => /^\s*>/.test(lines[at]),
    read(lines, at, blocks) {
      let end = at;
      while (end < lines.length && /^\s*>/.test(lines[end])) end += 1;
      const quoted = lines.slice(at, end).map((line) => line.replace(/^\s*> ?/, ""));
      blocks.push({ type: "quote", lines: quoted.map((line) => parseMarkdownInline(line)) });
      return end;
    },
  },
  {
    starts: (lines, at) =>
      lines[at].includes("|") &&
      /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[at + 1] ?? ""),
    read(lines, at, blocks) {
      let end = at + 2;
      while (end < lines.length && lines[end].includes("|")) end += 1;
      const rows = lines.slice(at + 2, end).map((line) => cellsOf(line));
      blocks.push({ type: "table", head: cellsOf(lines[at]), rows });
      return end;
    },
  },
  {
    starts: (lines, at) => item.test(lines[at]),
    read(lines, at, blocks) {
      const items = [];
      let end = at;
      for (; end < lines.length; end += 1) {
        const found = item.exec(lines[end]);
        if (found !== null) {
          const [, indent, mark, box, text] = found;
          items.push({
            depth: Math.floor(indent.length / 2),
            isOrdered: /\d/.test(mark),
            box: box === undefined ? undefined : box !== " ",
            children: parseMarkdownInline(text),
          });
        } else if (/^\s+\S/.test(lines[end]) && items.length > 0) {
          items
            .at(-1)
            .children.push({ type: "text", text: " " }, ...parseMarkdownInline(lines[end].trim()));
        } else {
          break;
        }
      }
      blocks.push({ type: "list", items });
      return end;
    },
  },
];

const paragraph = {
  read(lines, at, blocks) {
    let end = at + 1;
    const isPlain = (i) =>
      lines[i].trim() !== "" && !readers.some(({ starts }) => starts(lines, i));
    while (end < lines.length && isPlain(end)) end += 1;
    const text = lines.slice(at, end);
    blocks.push({ type: "lines", lines: text.map((line) => parseMarkdownInline(line)) });
    return end;
  },
};

/** Code, links, bold, italic, struck, emoji; the first that fits at a place wins. */
const inlineForms = [
  [/^`([^`]+)`/, ([, code]) => ({ type: "code", text: code })],
  [
    /^\[([^\]]{1,500})\]\(([^)\s]{1,3000})(?:\s+"[^"]*")?\)/,
    ([, text, url]) => ({ type: "link", url, text }),
  ],
  [/^<(https?:\/\/[^>\s]+)>/, ([, url]) => ({ type: "link", url, text: url })],
  [/^https?:\/\/[^\s<>)\]]+[^\s<>)\].,;:!?]/, ([url]) => ({ type: "link", url, text: url })],
  [/^\*\*(\S(?:[^*]*[^\s*])?)\*\*/, ([, text]) => styled("bold", text)],
  [/^__(\S(?:[^_]*[^\s_])?)__/, ([, text]) => styled("bold", text)],
  [/^\*(\S(?:[^*]*[^\s*])?)\*/, ([, text]) => styled("italic", text)],
  [/^_(\S(?:[^_]*[^\s_])?)_(?![\p{L}\p{N}])/u, ([, text]) => styled("italic", text)],
  [/^~~(\S(?:[^~]*[^\s~])?)~~/, ([, text]) => styled("strike", text)],
  [/^:([a-z0-9_+'-]{1,60}):/, ([, name]) => ({ type: "emoji", name })],
  [/^\\([\\`*_{}[\]()#+.!~|<>-])/, ([, mark]) => ({ type: "text", text: mark })],
];

function styled(type, text) {
  return { type, children: parseMarkdownInline(text) };
}

/** Parses one line of Markdown. */
export function parseMarkdownInline(line) {
  const parts = [];
  let plain = "";
  let at = 0;
  while (at < line.length) {
    const found =
      /[`[<h*_~:\\]/.test(line[at]) && !isInsideWord(line, at) ? formAt(line, at) : undefined;
    if (found === undefined) {
      plain += line[at];
      at += 1;
      continue;
    }
    if (plain !== "") parts.push({ type: "text", text: plain });
    plain = "";
    parts.push(found.part);
    at += found.length;
  }
  if (plain !== "") parts.push({ type: "text", text: plain });
  return parts;
}

function isInsideWord(line, at) {
  return (line[at] === "_" || line[at] === "h") && /[\p{L}\p{N}]/u.test(line[at - 1] ?? "");
}

function formAt(line, at) {
  const rest = line.slice(at, at + 4000);
  for (const [form, build] of inlineForms) {
    const match = form.exec(rest);
    if (match !== null) return { part: build(match), length: match[0].length };
  }
  return undefined;
}
