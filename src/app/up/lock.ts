// One `up` in a checkout at a time; and an `up` ends when the command that started it was killed.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { commandOf, cwdOf, parentOf } from "./processes.ts";

/** How long an `up` whose launcher was just killed may take to notice it. */
const NOTICE_MS = 1_000;
const STOPPING_MS = 30_000;

/** null when the lock is ours now, else the number of the process that has it. */
export async function takeLock(path: string): Promise<number | null> {
  const since = performance.now();
  for (;;) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: "wx", mode: 0o600 });
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const [pid, state] = readText(path).split("\n");
    const holder = Number(pid);
    if (holder === process.pid || !isUp(holder, path)) {
      rmSync(path, { force: true });
      continue;
    }
    const patienceMs = state === STOPPING ? STOPPING_MS : NOTICE_MS;
    if (performance.now() - since > patienceMs) return holder;
    await Bun.sleep(50);
  }
}

const STOPPING = "stopping";

/** Tells a next `up` to wait for our end instead of giving up. */
export function markStopping(path: string): void {
  writeFileSync(path, `${process.pid}\n${STOPPING}\n`, { mode: 0o600 });
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
