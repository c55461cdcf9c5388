// One `up` in a checkout at a time; and an `up` ends when the command that started it was killed.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { commandOf, cwdOf, parentOf } from "./processes.ts";

/** null when the lock is ours now, else the number of the process that has it. */
export function takeLock(path: string): number | null {
  for (;;) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: "wx", mode: 0o600 });
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = Number(readText(path));
    if (holder !== process.pid && isUp(holder, path)) return holder;
    rmSync(path, { force: true });
  }
}

export function releaseLock(path: string): void {
  rmSync(path, { force: true });
}

/**
 * Calls `onDeath` when one of the commands between the shell and us (npx, bun run) is gone:
 * whoever killed it meant us, and could not start again if we stayed.
 */
export function watchLaunchers(onDeath: () => void): () => void {
  const launchers = launchersOf(process.pid);
  const timer = setInterval(() => {
    if (launchers.every(({ pid, command }) => commandOf(pid) === command)) return;
    clearInterval(timer);
    onDeath();
  }, 250);
  return () => clearInterval(timer);
}

interface Launcher {
  readonly pid: number;
  readonly command: string;
}

const LAUNCHERS = new Set(["bun", "bun.exe", "bunx", "npm", "npx", "node", "pnpm", "yarn"]);
const SHELLS = new Set(["sh", "bash", "dash", "ash", "zsh", "busybox"]);

function launchersOf(pid: number): Launcher[] {
  const chain: Launcher[] = [];
  let sure = 0;
  for (let parent = parentOf(pid); parent > 1; parent = parentOf(parent)) {
    const command = commandOf(parent);
    const words = command.split(" ");
    const program = basename(words[0] ?? "");
    const launches = LAUNCHERS.has(program) && words.includes("up");
    if (!launches && !SHELLS.has(program)) break;
    chain.push({ pid: parent, command });
    // A shell counts only between two launchers; the user's own may end without meaning us.
    if (launches) sure = chain.length;
  }
  return chain.slice(0, sure);
}

// Its number may be another program's by now, so the command and the checkout must fit too.
function isUp(pid: number, lockPath: string): boolean {
  return (
    Number.isInteger(pid) &&
    pid > 0 &&
    commandOf(pid).includes("app/up/main.ts") &&
    lockPath.startsWith(cwdOf(pid))
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
