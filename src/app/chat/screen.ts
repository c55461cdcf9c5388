/** The terminal: lines above a prompt, which stays below them; plain lines where there is none. */
import { createInterface, type Interface } from "node:readline";

export interface Screen {
  /** One line, without what a message could do to a terminal. */
  print(line: string): void;
  /** In place of the line printed last, if `line` is still that; else below. */
  replace(line: string, by: string): void;
  close(): void;
}

export interface ScreenEvents {
  typed(line: string): void;
  /** No more lines come. */
  ended(): void;
  interrupted(): void;
}

const UP_AND_CLEAR = "\u001b[1A\r\u001b[2K";
const CLEAR = "\r\u001b[2K";

export function openScreen(prompt: string, events: ScreenEvents): Screen {
  const terminal = process.stdin.isTTY && process.stdout.isTTY;
  const lines: Interface = createInterface({
    input: process.stdin,
    output: terminal ? process.stdout : undefined,
    terminal,
    prompt,
  });
  let last = "";
  let closed = false;
  const write = (text: string) => process.stdout.write(text);
  const print = (line: string) => {
    last = line;
    write(`${terminal ? CLEAR : ""}${printable(line)}\n`);
    if (terminal && !closed) lines.prompt(true);
  };
  lines.on("line", (line) => {
    // What was typed stands on the screen; the line that says what became of it takes its place.
    if (terminal) write(UP_AND_CLEAR);
    events.typed(line);
    if (terminal && !closed) lines.prompt();
  });
  lines.on("SIGINT", () => events.interrupted());
  lines.on("close", () => {
    closed = true;
    events.ended();
  });
  if (terminal) lines.prompt();
  return {
    print,
    replace(line, by) {
      if (terminal && line === last) write(CLEAR + UP_AND_CLEAR);
      print(by);
    },
    close() {
      if (terminal && !closed) write(CLEAR);
      closed = true;
      lines.close();
    },
  };
}

/** Control characters of a stranger's message would reach the terminal otherwise. */
function printable(line: string): string {
  return line.replace(/\p{Cc}+/gu, " ");
}
