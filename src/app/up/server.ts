// The Linnet server as a child of `up`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Places, writePrivately } from "./places.ts";
import {
  type Child,
  commandOf,
  cwdOf,
  endProcess,
  endsWithin,
  launch,
  waitUntil,
} from "./processes.ts";

export interface ServerOptions {
  readonly places: Places;
  /** Relative to the checkout. */
  readonly entry: string;
  readonly port: number;
  readonly host: string;
  readonly env: Record<string, string>;
}

const READY_TIMEOUT_MS = 60_000;
/** The server drains its connections first, and says to them when to come back. */
const DRAIN_TIMEOUT_MS = 10_000;

/** Starts the server; settles when it is ready, rejects when it ends or stays unready. */
export async function startServer(options: ServerOptions): Promise<Child> {
  const { places } = options;
  await endStaleServer(options);
  const child = launch({
    command: [process.execPath, options.entry],
    logPath: places.serverLog,
    cwd: places.checkout,
    env: options.env,
    account: null,
    deathSignal: "SIGTERM",
  });
  writePrivately(places.serverPid, `${child.pid}\n`);
  const answered = await waitUntil(
    async () => !child.isRunning() || (await isReady(options)),
    READY_TIMEOUT_MS,
  );
  if (answered && child.isRunning()) return child;
  child.signal("SIGKILL");
  const why = answered ? "ended at once" : "was not ready in a minute";
  throw new Error(
    `the server ${why}; the end of ${places.serverLog}:\n${tailOf(places.serverLog)}`,
  );
}

export async function stopServer(child: Child): Promise<void> {
  child.signal("SIGTERM");
  if (await endsWithin(child, DRAIN_TIMEOUT_MS)) return;
  child.signal("SIGKILL");
  await child.exited;
}

/** Ends the server that a killed run left, which would hold the port. */
export async function endStaleServer(options: ServerOptions): Promise<void> {
  const { checkout, serverPid } = options.places;
  const isOurs = (id: number) => cwdOf(id) === checkout && commandOf(id).includes(options.entry);
  const pid = Number(readText(serverPid));
  if (pid === 0) return;
  await endProcess(pid, isOurs, [
    ["SIGTERM", DRAIN_TIMEOUT_MS],
    ["SIGKILL", 3_000],
  ]);
}

async function isReady(options: ServerOptions): Promise<boolean> {
  try {
    const url = `http://${options.host}:${options.port}/readyz`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.status === 200;
  } catch {
    return false;
  }
}

function tailOf(path: string): string {
  return readText(path).split("\n").slice(-20).join("\n");
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}

/** The entry, unless a test of `up` itself names a small server in its stead. */
export function serverEntry(): string {
  return process.env["LINNET_UP_ENTRY"] ?? join("src", "main.ts");
}
