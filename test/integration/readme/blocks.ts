/** The code blocks of a page, each with the comment that stands right above it. */

export interface Block {
  readonly language: string;
  /** Of the comment above, without its marks; "" for none. Blocks that follow at once share it. */
  readonly mark: string;
  readonly text: string;
}

/** What the comments above blocks say. */
export const MARK = {
  elsewhere: "run by test/integration/up.test.ts and by verify itself",
  terminals: "each line in a terminal of its own",
  example: "example: ",
} as const;

export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  const lines = page.split("\n");
  let mark = "";
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const language = /^```(\w*)$/.exec(line)?.[1];
    if (language === undefined) {
      mark = /^<!-- (.*) -->$/.exec(line)?.[1] ?? "";
      continue;
    }
    const end = lines.indexOf("```", at + 1);
    if (end < 0) throw new Error(`line ${at + 1} begins a block without an end`);
    blocks.push({ language, mark, text: lines.slice(at + 1, end).join("\n") });
    at = end;
  }
  return blocks;
}

/** The commands of a block, one a line, without comments. */
export function linesOf(block: Block): string[] {
  return block.text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
