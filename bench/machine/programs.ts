// Starts what is measured: the server, or a limit program; each a process of its own.
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../src/app/up/ports.ts";
import { CHECKOUT } from "./cores.ts";
import type { Services } from "./services.ts";

/** Something that listens, under its name in the results. */
export interface Program {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  stop: () => Promise<void>;
}

export const APP_KEY = "the-key-of-the-bench";

const START_TIMEOUT_MS = 20_000;
/** More than any generator here asks for, so that no limit meant for clients is measured. */
const LIMITS = {
  LINNET_MESSAGES_PER_SECOND: "1000000000",
  LINNET_MESSAGES_BURST: "1000000000",
  LINNET_CONNECTS_PER_SECOND: "1000000000",
  LINNET_CONNECTS_BURST: "1000000000",
};

export interface ServerOptions {
  readonly services: Services;
  readonly roles?: string;
  readonly port?: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** Where `bun --cpu-prof` writes; absent: no profile. */
  readonly profile?: string;
}

export async function startServer(options: ServerOptions): Promise<Program> {
  const { services } = options;
  const port = options.port ?? (await freePort());
  // A worker listens at its admin port alone, and several processes share this machine.
  const adminPort = await freePort();
  const roles = options.roles === undefined ? [] : ["--roles", options.roles];
  const profile =
    options.profile === undefined
      ? []
      : ["--cpu-prof", "--cpu-prof-md", "--cpu-prof-dir", options.profile];
  const program = launch({
    name: "server",
    command: [process.execPath, ...profile, "src/main.ts", ...roles],
    folder: services.folder,
    env: {
      DATABASE_URL: services.databaseUrl,
      REDIS_URL: services.redisUrl,
      LINNET_APP_KEY: APP_KEY,
      LINNET_HOST: "127.0.0.1",
      LINNET_PORT: String(port),
      LINNET_ADMIN_HOST: "127.0.0.1",
      LINNET_ADMIN_PORT: String(adminPort),
      LINNET_LOG_LEVEL: "warn",
      LINNET_DRAIN_MS: "0",
      ...LIMITS,
      ...options.settings,
    },
  });
  await until(program, async () => {
    const response = await fetch(`http://127.0.0.1:${adminPort}/readyz`).catch(() => undefined);
    return response?.ok === true;
  });
  return { host: "127.0.0.1", port, pid: program.pid, stop: program.stop };
}

/** A program that prints the port it listens at, or listens at the one given. */
export async function startProgram(options: {
  name: string;
  command: string[];
  folder: string;
  env: Record<string, string>;
  port?: number;
}): Promise<Program> {
  const program = launch(options);
  let port = 0;
  await until(program, async () => {
    port = options.port ?? Number(/^port (\d+)$/m.exec(program.output())?.[1] ?? 0);
    return port > 0 && (await listens(port));
  });
  return { host: "127.0.0.1", port, pid: program.pid, stop: program.stop };
}

async function listens(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => {} } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}

export async function startLimit(
  name: string,
  options: { services: Services; framing: string; bodyBytes: number; members?: number },
): Promise<Program> {
  return await startProgram({
    name,
    command: [process.execPath, "bench/limits/main.ts", name, options.framing],
    folder: options.services.folder,
    env: {
      BENCH_DATABASE_URL: options.services.limitsDatabaseUrl,
      BENCH_REDIS_URL: options.services.redisUrl,
      BENCH_BODY_BYTES: String(options.bodyBytes),
      BENCH_MEMBERS: String(options.members ?? 0),
    },
  });
}

interface Launched {
  readonly pid: number;
  output(): string;
  isRunning(): boolean;
  stop: () => Promise<void>;
}

let launched = 0;

function launch(options: {
  name: string;
  command: string[];
  folder: string;
  env: Record<string, string>;
}): Launched {
  const logPath = join(options.folder, `${options.name}-${launched++}.log`);
  const log = openSync(logPath, "a");
  const child = Bun.spawn(options.command, {
    cwd: CHECKOUT,
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...options.env },
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  closeSync(log);
  // A run that fails half-way leaves nothing behind that would be measured with the next one.
  const kill = (): void => child.kill("SIGKILL");
  process.once("exit", kill);
  return {
    pid: child.pid,
    output: () => readFileSync(logPath, "utf8"),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await child.exited;
      clearTimeout(late);
      process.off("exit", kill);
    },
  };
}

const STOP_TIMEOUT_MS = 5_000;

async function until(program: Launched, isReady: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + START_TIMEOUT_MS;
  while (!(await isReady())) {
    if (!program.isRunning() || performance.now() > endMs) {
      throw new Error(`a program under test did not start:\n${program.output().slice(-2000)}`);
    }
    await Bun.sleep(20);
  }
}
