/** Ends every process of the Postgres that serves a database, found by way of its own answer. */

import { readdirSync, readFileSync } from "node:fs";
import { until } from "../support/pace.ts";
import { openSql, type Sql, type Target } from "./target.ts";

/** The postmaster is the parent of the backend that serves this connection. */
export async function findPostmaster(sql: Sql): Promise<number> {
  const rows = await sql`SELECT pg_backend_pid() AS pid, current_setting('data_directory') AS dir`;
  const backend = Number(rows[0]?.["pid"]);
  const postmaster = parentOf(backend);
  if (postmaster === undefined) {
    throw new Error(`Postgres' backend ${backend} is no process of this machine`);
  }
  return postmaster;
}

/** kill -9 to the postmaster and all that it started, the postmaster first. */
export function killWithChildren(postmaster: number): number {
  return signalAll(processesOf(postmaster), "SIGKILL");
}

/** The postmaster and everything that it started. */
export function processesOf(postmaster: number): number[] {
  const children: number[] = [];
  for (const name of readdirSync("/proc")) {
    if (/^\d+$/.test(name) && parentOf(Number(name)) === postmaster) children.push(Number(name));
  }
  return [postmaster, ...children];
}

/** How many of the processes the signal reached. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): number {
  let reached = 0;
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
      reached += 1;
    } catch {
      // It ended by itself in between.
    }
  }
  return reached;
}

/** Resolves when a new connection is served; throws when nothing starts Postgres again. */
export async function postgresBack(target: Target, timeoutMs = 60_000): Promise<number> {
  const startMs = performance.now();
  const back = await until(
    async () => {
      const sql = openSql(target, 1);
      try {
        await sql`SELECT 1`;
        return true;
      } catch {
        return false;
      } finally {
        await sql.end({ timeout: 1 });
      }
    },
    timeoutMs,
    100,
  );
  if (!back) throw new Error(`Postgres was not started again within ${timeoutMs} ms`);
  return performance.now() - startMs;
}

function parentOf(pid: number): number | undefined {
  try {
    const match = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return match ? Number(match[1]) : undefined;
  } catch {
    return undefined;
  }
}
