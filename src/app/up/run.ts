// What `up` does once its packages are there: services, server, and the end of both.
import { rmSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { markStopping, releaseLock, takeLock, watchLaunchers } from "./lock.ts";
import {
  type Places,
  keepMemory,
  makePlaces,
  recallMemory,
  turnLogs,
  writePrivately,
} from "./places.ts";
import { isPortFree } from "./ports.ts";
import { obtainRedis, runPostgres, runRedis } from "./private-services.ts";
import { type Addresses, envFile, welcome } from "./screen.ts";
import {
  type ServerOptions,
  endStaleServer,
  serverEntry,
  startServer,
  stopServer,
} from "./server.ts";
import { type Supervised, supervise } from "./supervise.ts";

interface Flags {
  readonly mayInstall: boolean;
  readonly port: number;
}

const DEFAULT_PORT = 9688;
const SAME_SIGNAL_MS = 1_500;
const DEFAULT_APP_KEY = "linnet-dev";

/** Runs until it is told to stop; the exit code. */
export async function runUp(checkout: string, argv: readonly string[]): Promise<number> {
  const flags = readFlags(argv);
  const places = makePlaces(checkout);
  const holder = await takeLock(places.lock);
  if (holder !== null) {
    console.error(`Linnet is up already in this folder (process ${holder}); see .linnet/env`);
    return 1;
  }
  const stop = stopSignal();
  // Stopped in this order: the server drains while its services still run.
  const running: Supervised[] = [];
  try {
    rmSync(places.env, { force: true });
    // Told to stop in the middle of a start: what is not in the list yet ends with this process.
    const started = await Promise.race([startAll(places, flags, running), stop]);
    if (started === false) return 1;
    const reason = await stop;
    console.log(`\n${reason}: stopping`);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    markStopping(places.lock);
    for (const service of running.reverse()) await service.stop();
    rmSync(places.env, { force: true });
    releaseLock(places.lock);
  }
}

async function startAll(places: Places, flags: Flags, running: Supervised[]): Promise<boolean> {
  const say = (line: string) => console.log(line);
  const { env } = process;
  turnLogs(places);
  const memory = recallMemory(places);
  keepMemory(places, memory);
  const named = env["REDIS_URL"];
  const binary = named ? null : obtainRedis(places, flags.mayInstall, say);
  if (!named && binary === null) return false;
  let databaseUrl = env["DATABASE_URL"] ?? "";
  let redisUrl = named ?? "";
  if (databaseUrl === "") {
    const service = await runPostgres(places, memory, say);
    running.push(service.supervised);
    databaseUrl = service.url;
  }
  if (binary !== null) {
    const service = await runRedis(places, memory, binary, say);
    running.push(service.supervised);
    redisUrl = service.url;
  }
  keepMemory(places, memory);
  const options = serverOptions(places, flags, { databaseUrl, redisUrl });
  await endStaleServer(options);
  if (!(await isPortFree(flags.port))) {
    say(`Port ${flags.port} is taken by another program; set LINNET_PORT or --port.`);
    return false;
  }
  say(`Starting the server at port ${flags.port}, log in ${places.serverLog}`);
  running.push(
    await supervise({
      name: "The server",
      start: () => startServer(options),
      stop: stopServer,
      say,
    }),
  );
  const addresses: Addresses = {
    url: `http://${options.host}:${flags.port}`,
    appKey: options.env["LINNET_APP_KEY"] ?? "",
    databaseUrl,
    redisUrl,
  };
  writePrivately(places.env, envFile(addresses));
  say(welcome(addresses));
  return true;
}

function serverOptions(
  places: Places,
  flags: Flags,
  urls: { databaseUrl: string; redisUrl: string },
): ServerOptions {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  const env: Record<string, string> = {
    ...inherited,
    DATABASE_URL: urls.databaseUrl,
    REDIS_URL: urls.redisUrl,
    LINNET_PORT: `${flags.port}`,
  };
  delete env["LINNET_UP_ENTRY"];
  if (!env["LINNET_APP_KEY"]) {
    // Everybody knows this key, so nobody but this machine may reach the server.
    env["LINNET_APP_KEY"] = DEFAULT_APP_KEY;
    env["LINNET_HOST"] = "127.0.0.1";
  }
  const bound = env["LINNET_HOST"];
  const host = bound === undefined || bound === "0.0.0.0" || bound === "::" ? "127.0.0.1" : bound;
  return { places, entry: serverEntry(), port: flags.port, host, env };
}

/** Settles with what told us to stop. A second Ctrl-C ends the process where it stands. */
function stopSignal(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let toldAt: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // One Ctrl-C comes several times: from the terminal, and passed on by npx and bun.
      if (toldAt !== undefined && performance.now() - toldAt > SAME_SIGNAL_MS)
        process.kill(process.pid, "SIGKILL");
      toldAt ??= performance.now();
      resolve(signal);
    });
  }
  watchLaunchers(() => resolve("The command that started this is gone"));
  return promise;
}

function readFlags(argv: readonly string[]): Flags {
  const program = new Command("up")
    .description("Start Linnet with a Postgres and a Redis of its own")
    .option("--no-install", "print what is missing instead of getting it")
    .option("--port <number>", "the server's port", readPort, readPort(portFromEnvironment()))
    .parse([...argv]);
  const { install, port } = program.opts<{ install: boolean; port: number }>();
  return { mayInstall: install, port };
}

function portFromEnvironment(): string {
  return process.env["LINNET_PORT"] || `${DEFAULT_PORT}`;
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError("a port is a number from 1 to 65535");
}
