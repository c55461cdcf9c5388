/** A copy of the checkout in which a reader types what the README says, and the terminals there. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const CHECKOUT = resolve(import.meta.dir, "..", "..", "..");

export interface Terminal {
  /** Settles when the output holds `text`; rejects with the output when the command ends before. */
  shows(text: string): Promise<void>;
  type(line: string): void;
  /** All that was printed, once the command has ended. */
  output(): Promise<string>;
  /** Ends the command and what it started. */
  end(): Promise<void>;
}

export interface Workshop {
  readonly folder: string;
  write(name: string, text: string): void;
  /** Runs `command` by the shell, as it is. */
  open(command: string, env?: Record<string, string>): Terminal;
  /** Ends what still runs in it, too. */
  remove(): Promise<void>;
}

export function makeWorkshop(): Workshop {
  const folder = mkdtempSync(join(tmpdir(), "linnet-readme-"));
  for (const name of ["package.json", "src"]) {
    cpSync(join(CHECKOUT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(CHECKOUT, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "bin"));
  symlinkSync(process.execPath, join(folder, "bin", "bun"));
  if (Bun.which("curl") === null) writeCurl(join(folder, "bin", "curl"));
  const broom = startBroom(folder);
  return {
    folder,
    write(name, text) {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      writeFileSync(join(folder, name), text);
    },
    open(command, env = {}) {
      const { group, terminal } = openTerminal(folder, command, env);
      void broom.stdin.write(`${group}\n`);
      void broom.stdin.flush();
      return terminal;
    },
    async remove() {
      await broom.stdin.end();
      await broom.exited;
    },
  };
}

/** Its input ends when we do, however we end: then it ends all groups of processes it was told. */
function startBroom(folder: string) {
  const groups = 'groups=""; while read group; do groups="$groups -$group"; done';
  const sweep = 'for group in $groups; do kill -TERM "$group"; done; rm -rf "$0" || rm -rf "$0"';
  return Bun.spawn(["sh", "-c", `${groups}; ${sweep}`, folder], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
    detached: true,
  });
}

function openTerminal(
  folder: string,
  command: string,
  env: Record<string, string>,
): { group: number; terminal: Terminal } {
  const path = `${join(folder, "bin")}${delimiter}${process.env["PATH"] ?? ""}`;
  const child = Bun.spawn(["sh", "-ec", command], {
    cwd: folder,
    env: { PATH: path, HOME: process.env["HOME"] ?? folder, ...env },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
    // A group of its own: a signal reaches what the shell started, too.
    detached: true,
  });
  let text = "";
  const arrivals = new Set<() => void>();
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const chunk of stream) {
      text += new TextDecoder().decode(chunk);
      for (const tell of arrivals) tell();
    }
  };
  const ended = Promise.all([read(child.stdout), read(child.stderr), child.exited]);
  const terminal: Terminal = {
    shows: (wanted) =>
      new Promise((done, reject) => {
        const look = () => {
          if (!text.includes(wanted)) return;
          arrivals.delete(look);
          done();
        };
        arrivals.add(look);
        look();
        void ended.then(() => reject(new Error(`${command} ended without "${wanted}":\n${text}`)));
      }),
    type: (line) => {
      void child.stdin.write(`${line}\n`);
      void child.stdin.flush();
    },
    output: async () => {
      await ended;
      if (child.exitCode !== 0)
        throw new Error(`${command} ended with ${child.exitCode}:\n${text}`);
      return text;
    },
    end: async () => {
      try {
        process.kill(-child.pid, "SIGTERM");
      } catch {
        // Ended already.
      }
      await ended;
    },
  };
  return { group: child.pid, terminal };
}

/** As much of curl as the README uses, for machines that have none. */
function writeCurl(path: string): void {
  const code = `#!/usr/bin/env bun
const [, , ...words] = process.argv;
const valuesOf = (flag) => words.filter((_, at) => words[at - 1] === flag);
const headers = valuesOf("-H").map((line) => line.split(/: (.*)/s).slice(0, 2));
const url = words.find((word) => word.startsWith("http"));
const answer = await fetch(url, { method: "POST", headers, body: valuesOf("-d")[0] });
process.stdout.write(await answer.text());
`;
  writeFileSync(path, code);
  chmodSync(path, 0o755);
}
