// Where `up` keeps its things: data, logs, passwords, and the files that say what runs.
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { SHARED_ROOT } from "./postgres-binaries.ts";
import type { Account } from "./processes.ts";

export interface Places {
  readonly checkout: string;
  /** `.linnet` in the checkout. */
  readonly stateDir: string;
  readonly postgresData: string;
  readonly redisData: string;
  readonly postgresLog: string;
  readonly redisLog: string;
  readonly serverLog: string;
  readonly serverPid: string;
  readonly lock: string;
  readonly env: string;
}

/** What must outlive a run: ports, so that addresses stay, and passwords of data that stay. */
export interface Memory {
  readonly id: string;
  readonly postgresPassword: string;
  readonly redisPassword: string;
  postgresPort?: number;
  redisPort?: number;
}

export function makePlaces(checkout: string): Places {
  // Resolved, because a process' working directory is compared with it to know it again.
  const stateDir = join(realpathSync(checkout), ".linnet");
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  return {
    checkout: realpathSync(checkout),
    stateDir,
    postgresData: join(stateDir, "postgres"),
    redisData: join(stateDir, "redis"),
    postgresLog: join(stateDir, "postgres.log"),
    redisLog: join(stateDir, "redis.log"),
    serverLog: join(stateDir, "server.log"),
    serverPid: join(stateDir, "server.pid"),
    lock: join(stateDir, "up.pid"),
    env: join(stateDir, "env"),
  };
}

/**
 * Postgres' data when it runs as another account: outside of the checkout, which may be closed to
 * it. Named after the checkout's path and its random id, so that a fresh clone in an old place
 * begins afresh, and a copy of a checkout does not share its data.
 */
export function postgresDataFor(places: Places, memory: Memory, account: Account | null): string {
  if (account === null) return places.postgresData;
  const mark = createHash("sha256").update(`${places.checkout}\n${memory.id}`).digest("hex");
  const home = join(SHARED_ROOT, `${basename(places.checkout)}-${mark.slice(0, 12)}`);
  mkdirSync(home, { recursive: true });
  chmodSync(SHARED_ROOT, 0o755);
  chmodSync(home, 0o700);
  chownSync(home, account.uid, account.gid);
  return join(home, "postgres");
}

export function recallMemory(places: Places): Memory {
  try {
    return JSON.parse(readFileSync(memoryPath(places), "utf8")) as Memory;
  } catch {
    const random = () => randomBytes(18).toString("hex");
    return { id: random(), postgresPassword: random(), redisPassword: random() };
  }
}

export function keepMemory(places: Places, memory: Memory): void {
  writePrivately(memoryPath(places), `${JSON.stringify(memory, null, 2)}\n`);
}

/** Starts a new log and keeps the one of the run before. */
export function turnLogs(places: Places): void {
  for (const path of [places.postgresLog, places.redisLog, places.serverLog]) {
    try {
      renameSync(path, `${path}.old`);
    } catch {
      // There was none.
    }
  }
}

/** Readable for us alone, and never half written. */
export function writePrivately(path: string, text: string): void {
  const part = `${path}.part`;
  writeFileSync(part, text, { mode: 0o600 });
  chmodSync(part, 0o600);
  renameSync(part, path);
}

function memoryPath(places: Places): string {
  return join(places.stateDir, "services.json");
}
