// Starts child processes of ours, and recognises and ends those that a killed run left behind.
import { closeSync, openSync, readFileSync, readdirSync, readlinkSync } from "node:fs";

export type Signal = "SIGINT" | "SIGTERM" | "SIGQUIT" | "SIGKILL";

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface LaunchOptions {
  readonly command: readonly string[];
  readonly logPath: string;
  readonly cwd: string;
  readonly env: Record<string, string>;
  /** Run as this account instead of ours (we are root then). */
  readonly account: Account | null;
  /** What the kernel sends to the child when this process dies without saying so. */
  readonly deathSignal: Signal;
}

export interface Child {
  readonly pid: number;
  /** Settles with the exit code (or 128 + signal number) and never rejects. */
  readonly exited: Promise<number>;
  isRunning(): boolean;
  signal(signal: Signal): void;
}

/** A child in a session of its own, so that Ctrl-C in the terminal reaches only its parent. */
export function launch(options: LaunchOptions): Child {
  const log = openSync(options.logPath, "a", 0o600);
  try {
    const child = Bun.spawn(
      [...prefixFor(options.account, options.deathSignal), ...options.command],
      {
        cwd: options.cwd,
        env: options.env,
        stdin: "ignore",
        stdout: log,
        stderr: log,
        detached: true,
      },
    );
    return {
      pid: child.pid,
      exited: child.exited,
      isRunning: () => child.exitCode === null && child.signalCode === null,
      signal: (signal) => child.kill(signal),
    };
  } finally {
    closeSync(log);
  }
}

/** Words to put before a command so that it runs as `account` and dies with this process. */
export function prefixFor(account: Account | null, deathSignal: Signal | null): string[] {
  const words: string[] = [];
  if (account !== null) {
    words.push(`--reuid=${account.uid}`, `--regid=${account.gid}`, "--clear-groups");
  }
  if (deathSignal !== null && knowsDeathSignal()) {
    words.push("--pdeathsig", deathSignal.slice("SIG".length));
  }
  return words.length === 0 ? [] : ["setpriv", ...words, "--"];
}

let deathSignalKnown: boolean | undefined;

// Busybox and macOS have no such option; there the next run ends what a killed run left.
function knowsDeathSignal(): boolean {
  if (deathSignalKnown === undefined) {
    deathSignalKnown =
      Bun.which("setpriv") !== null &&
      Bun.spawnSync(["setpriv", "--pdeathsig", "KILL", "--", "true"]).exitCode === 0;
  }
  return deathSignalKnown;
}

/** The command line of a live process with spaces between words, "" when there is none. */
export function commandOf(pid: number): string {
  if (process.platform !== "linux") {
    return Bun.spawnSync(["ps", "-ww", "-o", "command=", "-p", `${pid}`])
      .stdout.toString()
      .trim();
  }
  try {
    // A zombie has an empty command line, which is right: it is gone but for its parent.
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

/** The working directory of a live process, "" when it is gone or not ours to see. */
export function cwdOf(pid: number): string {
  if (process.platform !== "linux") {
    const out = Bun.spawnSync(["lsof", "-a", "-p", `${pid}`, "-d", "cwd", "-Fn"]).stdout;
    return /^n(.*)$/m.exec(out.toString())?.[1] ?? "";
  }
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

export function parentOf(pid: number): number {
  try {
    // The second field is the name in brackets and may hold spaces: count from its end.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Every live process that works in `directory` and whose command line holds `word`. */
export function processesIn(directory: string, word: string): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => cwdOf(pid) === directory && commandOf(pid).includes(word));
}

/** Sends the signals in turn, each with its time to take effect, while `isOurs` says so. */
export async function endProcess(
  pid: number,
  isOurs: (pid: number) => boolean,
  steps: ReadonlyArray<readonly [signal: Signal, waitMs: number]>,
): Promise<void> {
  for (const [signal, waitMs] of steps) {
    if (!isOurs(pid)) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    await waitUntil(() => !isOurs(pid), waitMs);
  }
}

/** Looks every 10 ms; true once the condition holds, false when the time is over. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() >= end) return false;
    await Bun.sleep(10);
  }
}

/** A promise of a child's end that gives up after `waitMs`; true when it ended. */
export async function endsWithin(child: Child, waitMs: number): Promise<boolean> {
  return waitUntil(() => !child.isRunning(), waitMs);
}
