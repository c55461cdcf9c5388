// A private redis-server: append-only file on, nothing evicted, reachable with its password only.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import {
  type Child,
  type Signal,
  commandOf,
  cwdOf,
  endProcess,
  endsWithin,
  launch,
  waitUntil,
} from "./processes.ts";

/** The program and, for a copy of our own, the folders that hold its libraries. */
export interface RedisBinary {
  readonly program: string;
  readonly libraryPath: string | null;
}

export interface RedisOptions {
  readonly binary: RedisBinary;
  readonly dataDir: string;
  readonly logPath: string;
  readonly port: number;
  readonly password: string;
  readonly deathSignal: Signal;
}

const START_TIMEOUT_MS = 60_000;

export function redisUrl(options: { port: number; password: string }): string {
  return `redis://:${options.password}@127.0.0.1:${options.port}`;
}

/** Starts the server on its own data; settles when it has loaded them and answers. */
export async function startRedis(options: RedisOptions): Promise<Child> {
  mkdirSync(options.dataDir, { recursive: true });
  chmodSync(options.dataDir, 0o700);
  await endStaleRedis(options.dataDir);
  const configPath = join(options.dataDir, "redis.conf");
  // A file, because everybody may read a command line.
  writeFileSync(configPath, configuration(options), { mode: 0o600 });
  const end = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const child = launch({
      command: [options.binary.program, configPath],
      logPath: options.logPath,
      cwd: options.dataDir,
      env: environment(options.binary),
      account: null,
      deathSignal: options.deathSignal,
    });
    await waitUntil(
      async () => !child.isRunning() || (await answers(options)),
      Math.max(end - performance.now(), 1000),
    );
    if (child.isRunning() && (await answers(options))) return child;
    child.signal("SIGKILL");
    if (performance.now() >= end) {
      throw new Error(`redis-server does not start; its log is ${options.logPath}`);
    }
    await Bun.sleep(100);
  }
}

/** Redis writes its append-only file out and ends. */
export async function stopRedis(child: Child): Promise<void> {
  child.signal("SIGTERM");
  if (await endsWithin(child, 10_000)) return;
  child.signal("SIGKILL");
  await child.exited;
}

/** Ends the server that a killed run left on these data. */
export async function endStaleRedis(dataDir: string): Promise<void> {
  const pid = Number(readText(join(dataDir, "redis.pid")));
  if (pid === 0) return;
  const isOurs = (id: number) => cwdOf(id) === dataDir && commandOf(id).includes("redis");
  await endProcess(pid, isOurs, [
    ["SIGTERM", 5_000],
    ["SIGKILL", 3_000],
  ]);
}

function configuration(options: RedisOptions): string {
  return [
    "bind 127.0.0.1",
    `port ${options.port}`,
    `requirepass ${options.password}`,
    `dir "${options.dataDir}"`,
    `pidfile "${join(options.dataDir, "redis.pid")}"`,
    "daemonize no",
    "appendonly yes",
    "appendfsync everysec",
    'save ""',
    "maxmemory 1gb",
    "maxmemory-policy noeviction",
    'logfile ""',
    "",
  ].join("\n");
}

function environment(binary: RedisBinary): Record<string, string> {
  const base = { PATH: "/usr/bin:/bin", LC_ALL: "C" };
  return binary.libraryPath === null ? base : { ...base, LD_LIBRARY_PATH: binary.libraryPath };
}

// While it loads its file it answers -LOADING, so only +PONG counts.
function answers(options: RedisOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: options.port });
    let text = "";
    const finish = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(1000, () => finish(false));
    socket.on("error", () => finish(false));
    socket.on("close", () => finish(false));
    socket.on("connect", () => socket.write(`AUTH ${options.password}\r\nPING\r\n`));
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (text.includes("+PONG")) finish(true);
      else if (/^-/m.test(text)) finish(false);
    });
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
