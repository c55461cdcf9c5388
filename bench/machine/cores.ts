// Which core runs what: all server-side processes on one, the generator on another, where there
// are two or more; and what kind of machine this is.
import { cpus, totalmem } from "node:os";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

export const CHECKOUT = resolve(import.meta.dir, "..", "..");

export interface Cores {
  readonly server: string;
  readonly generator: string;
}

/** Undefined where processes can't be kept apart. */
export function chooseCores(server: string, generator: string): Cores | undefined {
  if (process.platform !== "linux" || cpus().length < 2 || Bun.which("taskset") === null) {
    return undefined;
  }
  return { server, generator };
}

/** Puts this process, and what it starts from here on, on the cores given. */
export function pinSelf(cores: string): void {
  Bun.spawnSync(["taskset", "-a", "-c", "-p", cores, String(process.pid)]);
}

export function pinned(cores: string | undefined): string[] {
  return cores === undefined ? [] : ["taskset", "-c", cores];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly system: string;
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: lineOf("/proc/version").split(" ")[2] ?? process.platform,
    system: /PRETTY_NAME="([^"]*)"/.exec(lineOf("/etc/os-release"))?.[1] ?? process.platform,
  };
}

/** The commit that is measured, with a star when files differ from it. */
export function commit(): string {
  const git = (...args: string[]) =>
    Bun.spawnSync(["git", ...args], { cwd: CHECKOUT })
      .stdout.toString()
      .trim();
  const dirty = git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "*";
  return `${git("rev-parse", "--short=10", "HEAD") || "unknown"}${dirty}`;
}

function lineOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
